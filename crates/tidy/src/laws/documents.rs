//! Laws about documents.

use crate::rust::{Source, arguments};
use crate::tree::{folder_of, join};
use crate::{Tree, Violation};

const DECISIONS: &str = "docs/adr";

/// `docs/adr/NNNN-title.md`: numbers run from 0001 without gaps, each is linked in the folder's README.
pub(super) fn decisions(tree: &Tree) -> Vec<Violation> {
    let index_path = format!("{DECISIONS}/README.md");
    let index = tree.text(&index_path).unwrap_or_default();
    let prefix = format!("{DECISIONS}/");
    let names =
        tree.paths().filter_map(|path| path.strip_prefix(&prefix)).filter(|name| name.ends_with(".md"));
    let numbered = names.filter(|name| name.starts_with(|first: char| first.is_ascii_digit()));
    let mut violations = Vec::new();
    for (position, name) in numbered.enumerate() {
        let expected = format!("{:04}-", position + 1);
        if !name.starts_with(&expected) {
            violations.push(Violation::new(
                format!("{prefix}{name}"),
                0,
                format!("its number should be {expected}"),
            ));
        }
        if !index.contains(&format!("]({name})")) {
            violations.push(Violation::new(&index_path, 0, format!("{name} is not listed")));
        }
    }
    violations
}

/// Relative links of Markdown files lead to files or folders of the project.
pub(super) fn links(tree: &Tree) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (path, text) in tree.ending(&[".md"]) {
        for (index, line) in text.lines().enumerate() {
            for target in line.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
                let file = target.split('#').next().unwrap_or_default();
                if file.is_empty() || file.contains("://") || file.starts_with("mailto:") {
                    continue;
                }
                let leads_to = join(folder_of(path), file);
                if !tree.has(&leads_to) && !tree.has_folder(&leads_to) {
                    violations.push(Violation::new(
                        path,
                        index + 1,
                        format!("the link to {target} leads nowhere"),
                    ));
                }
            }
        }
    }
    violations
}

/// Where the codes of error answers are explained.
const ERRORS: &str = "docs/errors.md";

/// Every code that can stand in an answer stands in `docs/errors.md`, and nothing else does.
pub(super) fn error_codes(tree: &Tree) -> Vec<Violation> {
    let documented = tree.text(ERRORS).unwrap_or_default();
    let mut known = Vec::new();
    let mut violations = Vec::new();
    let shipped = |path: &str| {
        let homes = ["crates/http/src/", "crates/tracking/src/"];
        homes.iter().any(|home| path.starts_with(home))
            && !path.contains("/tests")
            && !path.ends_with("_tests.rs")
    };
    for (path, text) in tree.ending(&[".rs"]).filter(|(path, _)| shipped(path)) {
        let source = Source::new(text);
        known.extend(source.literals.iter().map(|literal| literal.text.clone()));
        for (line, code) in codes(&source) {
            if !documented.contains(&format!("| `{code}` |")) {
                violations.push(Violation::new(
                    path,
                    line,
                    format!("the code {code} is not explained in {ERRORS}"),
                ));
            }
        }
    }
    for (index, line) in documented.lines().enumerate() {
        let code = line.strip_prefix("| `").and_then(|rest| rest.split_once("` |")).map(|(code, _)| code);
        if let Some(code) = code.filter(|code| !known.iter().any(|known| known == code)) {
            violations.push(Violation::new(ERRORS, index + 1, format!("no error has the code {code}")));
        }
    }
    violations
}

/// The codes of a file: second argument of the constructors, and fields called `code`.
fn codes(source: &Source) -> Vec<(usize, String)> {
    let tests = source.test_ranges();
    let mut starts = Vec::new();
    for call in ["Problem::new(", "Self::new(StatusCode", "Refusal::new(", "QueryError::invalid("] {
        for (offset, _) in source.code.match_indices(call) {
            let open = call.find('(').map_or(offset, |paren| offset + paren + 1);
            let second = arguments(&source.code, open).into_iter().nth(1);
            starts.extend(second.filter(|second| source.code[second.clone()].trim_start().starts_with('"')));
        }
    }
    for (offset, _) in source.code.match_indices("code: \"") {
        starts.push(offset..offset + "code: \"".len());
    }
    starts.retain(|start| !tests.iter().any(|range| range.contains(&start.start)));
    let literal = |range: &std::ops::Range<usize>| {
        source.literals.iter().find(|literal| range.contains(&literal.start))
    };
    starts.iter().filter_map(literal).map(|literal| (literal.line, literal.text.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::found;

    #[test]
    fn a_decision_that_is_not_listed_or_out_of_order_is_found() {
        let files = [
            ("docs/adr/README.md", "* [one](0001-one.md)\n* [three](0003-three.md)\n"),
            ("docs/adr/0001-one.md", ""),
            ("docs/adr/0003-three.md", ""),
            ("docs/adr/0004-four.md", ""),
            ("docs/adr/dependencies.md", ""),
        ];
        assert_eq!(
            found(decisions, &files),
            [
                "docs/adr/0003-three.md: its number should be 0002-",
                "docs/adr/0004-four.md: its number should be 0003-",
                "docs/adr/README.md: 0004-four.md is not listed",
            ]
        );
    }

    #[test]
    fn a_link_to_nowhere_is_found() {
        let text = "[a](b.md) [c](../x#y)\n[d](https://host.example/e) [f](#g) [h](gone.md#i)";
        let files = [("docs/a.md", text), ("docs/b.md", ""), ("x/file", "")];
        assert_eq!(found(links, &files), ["docs/a.md:2: the link to gone.md#i leads nowhere"]);
    }

    #[test]
    fn an_unexplained_code_and_an_unknown_one_are_found() {
        let code = "Problem::new(f(1, 2), \"known\", \"T\");\nRefusal::new(name, \"secret\", x);\nR { code: \"third\" }; \
                    helper(\"passed\")\n#[cfg(test)]\nmod tests { fn t() { R { code: \"made_up\" } } }";
        let table = "| code | meaning |\n|---|---|\n| `known` | x |\n| `gone` | y |\n| `passed` | z |\n";
        let files = [("crates/http/src/a.rs", code), (ERRORS, table), ("crates/http/src/tests.rs", code)];
        assert_eq!(
            found(error_codes, &files),
            [
                "crates/http/src/a.rs:2: the code secret is not explained in docs/errors.md",
                "crates/http/src/a.rs:3: the code third is not explained in docs/errors.md",
                "docs/errors.md:4: no error has the code gone",
            ]
        );
    }
}
