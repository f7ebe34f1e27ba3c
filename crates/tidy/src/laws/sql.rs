//! Laws about SQL.

use crate::rust::Source;
use crate::tree::{folder_of, join};
use crate::{Tree, Violation};

/// Rust that ships: tests and the tools that test may say what they like.
fn ships(path: &str) -> bool {
    let tool = ["crates/testkit/", "crates/tidy/"].iter().any(|tool| path.starts_with(tool));
    let test = path.contains("/tests/") || path.ends_with("/tests.rs") || path.ends_with("_tests.rs");
    path.starts_with("crates/") && !tool && !test
}

/// No statement in a string.
pub(super) fn strings(tree: &Tree) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (path, text) in tree.ending(&[".rs"]).filter(|(path, _)| ships(path)) {
        let source = Source::new(text);
        let tests = source.test_ranges();
        for literal in &source.literals {
            let tested = tests.iter().any(|range| range.contains(&literal.start));
            if !tested && is_sql(&literal.text) {
                violations.push(Violation::new(
                    path,
                    literal.line,
                    "SQL in a string: put it in a file in sql/",
                ));
            }
        }
    }
    violations
}

/// Does a text read like a statement? The first word alone does not: "select a date" is English.
fn is_sql(text: &str) -> bool {
    let lower = text.replace("\\n", " ").to_lowercase();
    let words: Vec<&str> = lower.split_whitespace().take(400).collect();
    let (Some(first), rest) = (words.first(), words.get(1..).unwrap_or_default()) else { return false };
    let second = rest.first().copied().unwrap_or_default();
    let has = |word: &str| rest.contains(&word);
    match *first {
        "select" => {
            has("from") && english_free(rest) || second.parse::<f64>().is_ok() || second.contains('(')
        }
        "insert" | "replace" => second == "into",
        "delete" => second == "from" && english_free(rest),
        "update" => has("set") && lower.contains('='),
        "create" | "drop" | "attach" | "detach" | "truncate" | "optimize" => {
            let kinds = [
                "table",
                "index",
                "view",
                "unique",
                "database",
                "materialized",
                "temporary",
                "or",
                "dictionary",
            ];
            kinds.contains(&second) && rest.len() > 1
        }
        "alter" => ["table", "database", "user"].contains(&second),
        "with" => lower.contains("select ") && lower.contains(" as "),
        "kill" => second == "query" || second == "mutation",
        "show" => ["tables", "databases", "create", "processlist"].contains(&second),
        "pragma" => !second.is_empty(),
        _ => false,
    }
}

/// "select one from the list": articles never stand in SQL.
fn english_free(words: &[&str]) -> bool {
    !words.iter().any(|word| ["the", "an", "your", "this", "one"].contains(word))
}

/// Every file is included by somebody.
pub(super) fn included(tree: &Tree) -> Vec<Violation> {
    let uses: Vec<Include> = tree.ending(&[".rs"]).flat_map(|(path, text)| includes(path, text)).collect();
    let unused = tree.ending(&[".sql"]).filter(|(path, _)| !uses.iter().any(|include| include.takes(path)));
    unused.map(|(path, _)| Violation::new(path, 0, "no `include_str!` reads this file")).collect()
}

/// What an `include_str!` reads: a path, or, inside a macro, everything between a beginning and an end whose name the
/// file mentions.
#[derive(Debug)]
struct Include {
    beginning: String,
    end: Option<String>,
    words: Vec<String>,
}

impl Include {
    fn takes(&self, path: &str) -> bool {
        let Some(end) = &self.end else { return path == self.beginning };
        let name = path.strip_prefix(&self.beginning).and_then(|rest| rest.strip_suffix(end.as_str()));
        name.is_some_and(|name| self.words.iter().any(|word| word == name))
    }
}

fn includes(path: &str, text: &str) -> Vec<Include> {
    let source = Source::new(text);
    let folder = folder_of(path);
    let mut includes = Vec::new();
    for (offset, _) in source.code.match_indices("include_str!(") {
        let close = source.code[offset..].find(';').map_or(source.code.len(), |length| offset + length);
        let call_end = closing(&source.code, offset + "include_str!".len()).unwrap_or(close);
        let parts: Vec<&str> = source
            .literals
            .iter()
            .filter(|literal| (offset..call_end).contains(&literal.start))
            .map(|literal| literal.text.as_str())
            .collect();
        let Some(first) = parts.first() else { continue };
        let varies = source.code[offset..call_end].contains("concat!");
        // `join` would drop the closing slash of a beginning like "sql/".
        let slash = if first.ends_with('/') { "/" } else { "" };
        includes.push(Include {
            beginning: format!("{}{slash}", join(folder, first)),
            end: varies
                .then(|| if parts.len() > 1 { parts[parts.len() - 1].to_owned() } else { String::new() }),
            words: source.literals.iter().map(|literal| literal.text.clone()).collect(),
        });
    }
    includes
}

/// The offset after the parenthesis that closes the one at `open`.
fn closing(code: &str, open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (offset, byte) in code.bytes().enumerate().skip(open) {
        match byte {
            b'(' => depth += 1,
            b')' if depth == 1 => return Some(offset + 1),
            b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::found;

    #[test]
    fn statements_are_told_from_english() {
        for sql in [
            "select 1",
            "SELECT a, b FROM t WHERE c = $1",
            "select count() from events",
            "INSERT INTO t VALUES (1)",
            "insert into {table} ({columns}) format RowBinary",
            "delete from t",
            "update t set a = 1",
            "CREATE TABLE IF NOT EXISTS t (a)",
            "alter table t add column b",
            "with x as (select 1) select * from x",
            "pragma journal_mode = wal",
            "\\n select a\\n from b",
            "KILL QUERY WHERE query_id = 'x'",
        ] {
            assert!(is_sql(sql), "{sql}");
        }
        for english in [
            "select a page",
            "Select one from the list",
            "update the settings",
            "create an owner first",
            "with care",
            "delete",
            "",
            "insert coin",
            "create database",
        ] {
            assert!(!is_sql(english), "{english}");
        }
    }

    #[test]
    fn a_statement_in_code_is_found_and_one_in_a_test_is_not() {
        let code = "//! x\nconst Q: &str = \"select a from b\";\n#[cfg(test)]\nmod tests { const T: &str = \"select 1\"; }";
        let files = [
            ("crates/olap/src/a.rs", code),
            ("crates/olap/tests/all/a.rs", code),
            ("crates/testkit/src/a.rs", code),
        ];
        assert_eq!(
            found(strings, &files),
            ["crates/olap/src/a.rs:2: SQL in a string: put it in a file in sql/"]
        );
    }

    #[test]
    fn a_file_nobody_includes_is_found() {
        let files = [
            ("crates/x/src/a/sql/used.sql", ""),
            ("crates/x/src/a/sql/unused.sql", ""),
            ("crates/x/src/a/sql/named.t.sql", ""),
            ("crates/x/src/a/sql/unnamed.t.sql", ""),
            (
                "crates/x/src/a/mod.rs",
                "f(include_str!(\"sql/used.sql\")); include_str!(concat!(\"sql/\", $n, \".t.sql\")); m!(\"named\")\n\
                 // include_str!(\"sql/unused.sql\")",
            ),
        ];
        let said = found(included, &files);
        let expected = ["unnamed.t", "unused"]
            .map(|n| format!("crates/x/src/a/sql/{n}.sql: no `include_str!` reads this file"));
        assert_eq!(said, expected);
    }
}
