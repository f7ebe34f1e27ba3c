//! `env.example`, made from the table.

use super::table::{KEYS, Key};
use std::fmt::Write;

const HEAD: &str = "\
# Settings of universal-tracking. Copy this file to `.env` in the directory the server starts in and
# change what you need: every line below is the default, or an example where there is none.
#
# What counts, first one first: flags (--port), the environment (PORT), .env, a TOML file
# (--config FILE or ./universal-tracking.toml, keys in lower case), the default.
# An empty value counts as not set. `universal-tracking config check` shows what applies and why.
#
# Made by `universal-tracking config example`; a test compares the two.
";

/// The text of `env.example`.
#[must_use]
pub fn env_example() -> String {
    let mut text = HEAD.to_owned();
    for key in KEYS {
        text.push('\n');
        for line in wrapped(key.help, 98) {
            let _ = writeln!(text, "# {line}");
        }
        let _ = writeln!(text, "# Expected: {}.{}", key.kind.expected(), also(key));
        let _ = writeln!(text, "# {}={}", key.name, shown(key));
    }
    text
}

fn also(key: &Key) -> String {
    key.alias.map_or_else(String::new, |alias| format!(" {alias} works too."))
}

fn shown(key: &Key) -> &str {
    // A secret in an example ends up in production: none is shown.
    if key.secret() { "" } else { key.default.unwrap_or(key.example) }
}

/// Breaks a sentence into lines of at most `width` characters.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
