//! The laws of the house, as tests that read files.
//!
//! A law is a function from a [`Tree`] of files to the violations in it. Each has tests of its own that plant a
//! violation in a small tree and see it found; one test at the end of this file reads the real tree and expects none.

mod laws;
mod rust;
mod tree;

pub use laws::LAWS;
pub use tree::Tree;

/// A place that breaks a law.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    /// The file, from the project's root.
    pub path: String,
    /// The line, from 1; 0 when the whole file (or its absence) is meant.
    pub line: usize,
    /// What is wrong, and what would be right.
    pub what: String,
}

impl Violation {
    fn new(path: impl Into<String>, line: usize, what: impl Into<String>) -> Self {
        Self { path: path.into(), line, what: what.into() }
    }
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.what),
            line => write!(f, "{}:{line}: {}", self.path, self.what),
        }
    }
}

/// One law.
#[derive(Debug, Clone, Copy)]
pub struct Law {
    /// Its name.
    pub name: &'static str,
    /// Why it exists.
    pub why: &'static str,
    /// Finds what breaks it.
    pub check: fn(&Tree) -> Vec<Violation>,
}

/// Checks one law in a tree that a test makes up.
#[cfg(test)]
fn found(check: fn(&Tree) -> Vec<Violation>, files: &[(&str, &str)]) -> Vec<String> {
    check(&Tree::of(files)).iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write;
    use std::path::Path;

    #[test]
    fn the_project_keeps_every_law() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let tree = Tree::read(&root).unwrap();
        let mut broken = String::new();
        for law in LAWS {
            let violations = (law.check)(&tree);
            if !violations.is_empty() {
                writeln!(broken, "\n{} ({})", law.name, law.why).unwrap();
            }
            for violation in violations {
                writeln!(broken, "  {violation}").unwrap();
            }
        }
        assert!(broken.is_empty(), "{broken}");
    }

    #[test]
    fn laws_have_names_of_their_own() {
        let mut names: Vec<&str> = LAWS.iter().map(|law| law.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), LAWS.len());
    }
}
