//! What commands print: answers on standard output, failures on standard error.

use crate::Failure;
use serde_json::Value;
use std::fmt::Write as _;
use std::io::Write as _;

/// An answer.
pub(super) enum Output {
    /// Text that is ready.
    Text(String),
    /// One line of JSON.
    Json(Value),
    /// An object as `name  value` lines, a list of objects as a table.
    Table(Value),
}

/// Prints an answer.
pub(super) fn print(output: Output) -> Result<(), Failure> {
    let text = match output {
        Output::Text(text) => text,
        Output::Json(value) => format!("{value}\n"),
        Output::Table(value) => table(&value),
    };
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        // `| head` has seen enough.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        done => done.map_err(|error| Failure::new(format!("the answer could not be printed: {error}"))),
    }
}

/// Says on standard error why a command failed.
pub(super) fn error(failure: &Failure) {
    let _ = writeln!(std::io::stderr(), "error: {failure}");
}

fn table(value: &Value) -> String {
    match value {
        Value::Array(rows) if rows.is_empty() => "none\n".into(),
        Value::Array(rows) => {
            let names: Vec<String> = keys(&rows[0]);
            let lines: Vec<Vec<String>> =
                rows.iter().map(|row| names.iter().map(|name| plain(&row[name])).collect()).collect();
            aligned(std::iter::once(names.clone()).chain(lines).collect())
        }
        Value::Object(_) => {
            aligned(keys(value).into_iter().map(|name| vec![name.clone(), plain(&value[&name])]).collect())
        }
        other => format!("{}\n", plain(other)),
    }
}

fn keys(value: &Value) -> Vec<String> {
    value.as_object().map(|object| object.keys().cloned().collect()).unwrap_or_default()
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => "-".into(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

fn aligned(lines: Vec<Vec<String>>) -> String {
    let columns = lines.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        lines.iter().filter_map(|line| line.get(column)).map(|cell| cell.chars().count()).max()
    };
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let mut text = String::new();
    for line in &lines {
        let mut row = String::new();
        for (cell, width) in line.iter().zip(&widths) {
            let _ = write!(row, "{cell:width$}  ");
        }
        let _ = writeln!(text, "{}", row.trim_end());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lists_become_tables_and_objects_lines() {
        let rows = json!([{"domain": "shop.example", "id": 1}, {"domain": "b.example", "id": 12}]);
        assert_eq!(table(&rows), "domain        id\nshop.example  1\nb.example     12\n");
        assert_eq!(table(&json!({"id": 1, "token": null})), "id     1\ntoken  -\n");
        assert_eq!(table(&json!([])), "none\n");
        assert_eq!(table(&json!("done")), "done\n");
    }
}
