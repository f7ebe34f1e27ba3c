//! Laws about single source files.

use crate::rust::Source;
use crate::{Tree, Violation};

const LONGEST: usize = 400;

/// `//!` first.
pub(super) fn first_line(tree: &Tree) -> Vec<Violation> {
    let files = tree.ending(&[".rs"]).filter(|(_, text)| !text.starts_with("//! "));
    files.map(|(path, _)| Violation::new(path, 1, "the file does not start with `//! what it is`")).collect()
}

/// Not too long.
pub(super) fn length(tree: &Tree) -> Vec<Violation> {
    let files = tree.ending(&[".rs", ".ts", ".tsx", ".js", ".mjs"]);
    let long = files.map(|(path, text)| (path, text.lines().count())).filter(|(_, lines)| *lines > LONGEST);
    long.map(|(path, lines)| {
        Violation::new(path, 0, format!("{lines} lines, {LONGEST} at most: split it by subject"))
    })
    .collect()
}

/// `unsafe` only where it is allowed.
pub(super) fn unsafe_code(tree: &Tree) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (path, text) in tree.ending(&[".rs"]).filter(|(path, _)| !path.starts_with("crates/chdb/")) {
        let source = Source::new(text);
        for offset in source.words("unsafe") {
            violations.push(Violation::new(
                path,
                source.line(offset),
                "`unsafe` belongs in crates/chdb alone",
            ));
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::found;

    #[test]
    fn a_file_without_its_first_line_is_found() {
        let files = [("a.rs", "//! Words.\n"), ("b.rs", "use x;\n//! late"), ("c.ts", "code")];
        assert_eq!(found(first_line, &files), ["b.rs:1: the file does not start with `//! what it is`"]);
    }

    #[test]
    fn a_long_file_is_found_and_style_sheets_are_free() {
        let long = "x\n".repeat(401);
        let files = [("a.rs", &*long), ("b.tsx", &long), ("c.css", &long), ("d.rs", &long[2..])];
        let said = found(length, &files);
        assert_eq!(said.len(), 2, "{said:?}");
        assert!(said[0].starts_with("a.rs: 401 lines") && said[1].starts_with("b.tsx: 401 lines"));
    }

    #[test]
    fn unsafe_is_found_in_code_only() {
        let code = "//! x\nfn f() {\n    unsafe { g() }\n}";
        let files =
            [("crates/chdb/src/lib.rs", code), ("crates/http/src/lib.rs", code), ("x.rs", "// unsafe \"\"")];
        assert_eq!(
            found(unsafe_code, &files),
            ["crates/http/src/lib.rs:3: `unsafe` belongs in crates/chdb alone"]
        );
    }
}
