//! Thousands of patterns of which a text matches the first: each is compiled when a text may match it.
//!
//! The literals that a pattern requires are searched for in one pass (as in RE2's `FilteredRE2`); only patterns whose
//! literals are there become candidates. Compiling all of uap-core's rules takes 40 MB, and people's browsers need fifty
//! of them. Matching is linear in the length of the text whatever the pattern (crate `regex`).

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex_filtered::mapper::{Builder, Mapper};
use regex_filtered::model::Model;
use std::sync::OnceLock;

/// Real user agents have at most a few dozen; one that is made of the rules' literals would have a thousand.
const MOST_CANDIDATES: usize = 128;

/// A pattern before it is compiled.
#[derive(Debug)]
pub(super) struct Source<S> {
    /// What is compiled.
    pub(super) rule: S,
    /// Its regular expression.
    pub(super) regex: String,
    /// How the expression is read.
    pub(super) case: Case,
}

/// Whether letters must agree in case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    /// They must.
    Same,
    /// `A` is `a`.
    Any,
}

/// Rules in their order, compiled when first needed. `None` stands for a rule that does not compile.
pub(super) struct Patterns<S, C> {
    prefilter: Option<AhoCorasick>,
    mapper: Mapper,
    rules: Vec<(S, OnceLock<Option<C>>)>,
    compile: fn(&S) -> Option<C>,
}

impl<S, C> Patterns<S, C> {
    /// Rules, and how one is compiled. `atom` is the shortest literal worth searching for. Rules that do not parse are
    /// left out.
    pub(super) fn new(
        sources: impl Iterator<Item = Source<S>>,
        atom: usize,
        compile: fn(&S) -> Option<C>,
    ) -> Self {
        let mut builder = Builder::new(atom);
        let mut rules = Vec::new();
        for source in sources {
            let mut parser = regex_syntax::ParserBuilder::new();
            parser.case_insensitive(source.case == Case::Any);
            let Ok(expression) = parser.build().parse(&source.regex) else { continue };
            let Ok(model) = Model::new(&expression) else { continue };
            builder.push(model);
            rules.push((source.rule, OnceLock::new()));
        }
        let (mapper, atoms) = builder.build();
        // The contiguous automaton is small and as fast here; without any, every rule is a candidate.
        let prefilter = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(atoms)
            .ok();
        Self { prefilter, mapper, rules, compile }
    }

    /// What `read` makes of the first rule for which it makes something.
    pub(super) fn first<'a, T>(
        &'a self,
        text: &'a str,
        read: impl Fn(&'a S, &'a C) -> Option<T>,
    ) -> Option<T> {
        let candidates = match &self.prefilter {
            Some(prefilter) => {
                let found = prefilter.find_overlapping_iter(text).map(|found| found.pattern().as_usize());
                self.mapper.atom_to_re(found)
            }
            None => (0..self.rules.len()).collect(),
        };
        candidates.into_iter().take(MOST_CANDIDATES).find_map(|index| {
            let (source, compiled) = &self.rules[index];
            read(source, compiled.get_or_init(|| (self.compile)(source)).as_ref()?)
        })
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.rules.len()
    }

    /// How many do not compile.
    #[cfg(test)]
    pub(super) fn broken(&self) -> usize {
        self.rules.iter().filter(|(source, _)| (self.compile)(source).is_none()).count()
    }

    /// How many were compiled so far.
    #[cfg(test)]
    pub(super) fn compiled(&self) -> usize {
        self.rules.iter().filter(|(_, compiled)| compiled.get().is_some()).count()
    }
}
