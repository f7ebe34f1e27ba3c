//! A report as CSV (RFC 4180), safe to open in a spreadsheet.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use ut_tracking::query::Answer;

/// The rows with a header line; a file name goes along.
pub(super) fn response(name: &str, answer: &Answer) -> Response {
    let disposition = format!("attachment; filename=\"{name}-{}-{}.csv\"", answer.meta.from, answer.meta.to);
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    (headers, text(answer)).into_response()
}

fn text(answer: &Answer) -> String {
    let mut lines = Vec::with_capacity(answer.rows.len() + 1);
    if let Some(first) = answer.rows.first() {
        lines.push(first.dimensions.keys().chain(first.metrics.keys()).map(|key| cell(key)).collect());
    }
    for row in &answer.rows {
        let values = row.dimensions.values().chain(row.metrics.values());
        lines.push(values.map(|value| value.as_str().map_or_else(|| value_text(value), cell)).collect());
    }
    lines.iter().map(|cells: &Vec<String>| cells.join(",") + "\r\n").collect()
}

fn value_text(value: &Value) -> String {
    if value.is_null() { String::new() } else { value.to_string() }
}

/// Quotes where needed; text that a spreadsheet would run as a formula gets an apostrophe in front.
fn cell(text: &str) -> String {
    let text =
        if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn cells_are_quoted_and_formulas_defused() {
        let cases =
            [("plain", "plain"), ("a,b", "\"a,b\""), ("say \"x\"", "\"say \"\"x\"\"\""), ("=1+1", "'=1+1")];
        for (text, expected) in cases {
            assert_eq!(cell(text), expected);
        }
    }
}
