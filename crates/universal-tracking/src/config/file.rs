//! `.env` and TOML as lists of names and values. What is wrong is told by line number, never by quoting the line:
//! it may hold a secret.

use super::Problem;
use super::sources::Pairs;
use std::path::Path;

/// Reads `.env`.
pub(super) fn dotenv(text: &str, problems: &mut Vec<Problem>) -> Pairs {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut pairs = Pairs::new();
    for pair in dotenvy::from_read_iter(text.as_bytes()) {
        match pair {
            Ok((name, _)) if pairs.iter().any(|(known, _)| *known == name) => {
                problems.push(Problem { key: name, message: "(.env) is set twice: remove one line".into() });
            }
            Ok(pair) => pairs.push(pair),
            Err(error) => {
                let line = match error {
                    dotenvy::Error::LineParse(line, _) => text.find(line.trim_end()).unwrap_or(0),
                    _ => 0,
                };
                let message = format!("line {}: expected NAME=value", line_number(text, line));
                problems.push(Problem { key: ".env".into(), message });
                break;
            }
        }
    }
    pairs
}

/// Reads TOML. Lists become text with commas, as in the environment.
pub(super) fn toml(path: &Path, text: &str, problems: &mut Vec<Problem>) -> Pairs {
    let table = match text.parse::<toml::Table>() {
        Ok(table) => table,
        Err(error) => {
            let line = line_number(text, error.span().map_or(0, |span| span.start));
            let message = format!("line {line}: {}", error.message().lines().next().unwrap_or("not TOML"));
            problems.push(Problem { key: path.display().to_string(), message });
            return Pairs::new();
        }
    };
    let mut pairs = Pairs::new();
    for (name, value) in table {
        match plain(&value) {
            Some(text) => pairs.push((name, text)),
            None => {
                let message = format!(
                    "({}) is a {}: expected text, a number or a list",
                    path.display(),
                    value.type_str()
                );
                problems.push(Problem { key: name, message });
            }
        }
    }
    pairs
}

fn plain(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Array(items) => {
            let items: Option<Vec<&str>> = items.iter().map(toml::Value::as_str).collect();
            items.map(|items| items.join(","))
        }
        _ => None,
    }
}

fn line_number(text: &str, at: usize) -> usize {
    text.get(..at).map_or(1, |before| before.matches('\n').count() + 1)
}
