//! A report as CSV (RFC 4180), safe to open in a spreadsheet.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};
use ut_tracking::csv::cell;
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

/// The dimensions, the metrics, and those of the time before as `compare_<metric>`. A program that reads the file looks
/// for its columns, also on a day without visitors.
fn text(answer: &Answer) -> String {
    let metrics: Vec<&String> = match answer.rows.first() {
        Some(first) => first.metrics.keys().collect(),
        None => answer.totals.keys().filter(|name| *name != "compare").collect(),
    };
    let before: Vec<&String> = match (answer.totals.get("compare"), answer.rows.first()) {
        (_, Some(first)) => first.compare.iter().flat_map(Map::keys).collect(),
        (Some(compare), None) => compare.as_object().into_iter().flat_map(Map::keys).collect(),
        (None, None) => Vec::new(),
    };
    let head = answer.dimensions.iter().chain(metrics.iter().copied()).map(|name| cell(name));
    let mut lines: Vec<Vec<String>> =
        vec![head.chain(before.iter().map(|name| cell(&format!("compare_{name}")))).collect()];
    let written = |value: &Value| value.as_str().map_or_else(|| value_text(value), cell);
    for row in &answer.rows {
        let of = |values: Option<&Map<String, Value>>, name: &str| {
            written(values.and_then(|values| values.get(name)).unwrap_or(&Value::Null))
        };
        let dimensions = answer.dimensions.iter().map(|name| of(Some(&row.dimensions), name));
        let metrics = metrics.iter().map(|name| of(Some(&row.metrics), name));
        let before = before.iter().map(|name| of(row.compare.as_ref(), name));
        lines.push(dimensions.chain(metrics).chain(before).collect());
    }
    lines.iter().map(|cells| cells.join(",") + "\r\n").collect()
}

fn value_text(value: &Value) -> String {
    if value.is_null() { String::new() } else { value.to_string() }
}

#[cfg(test)]
mod tests {
    use super::text;
    use serde_json::json;
    use ut_tracking::query::{Answer, AnswerRow, Meta};

    #[test]
    fn the_columns_are_named_with_and_without_rows() {
        let map = |value: serde_json::Value| value.as_object().cloned().unwrap();
        let meta = Meta {
            timezone: "UTC".into(),
            from: "2026-11-01".into(),
            to: "2026-11-02".into(),
            compare: None,
            sampled: false,
            cookieless_share: serde_json::Value::Null,
            currency: None,
            warnings: Vec::new(),
        };
        let totals = map(json!({ "page_views": 0, "visitors": 0 }));
        let mut answer = Answer { dimensions: vec!["page".into()], rows: Vec::new(), totals, meta };
        assert_eq!(text(&answer), "page,page_views,visitors\r\n");
        let (dimensions, metrics) =
            (map(json!({ "page": "/=x" })), map(json!({ "page_views": 2, "visitors": null })));
        answer.rows.push(AnswerRow { dimensions, metrics, compare: None });
        assert_eq!(text(&answer), "page,page_views,visitors\r\n/=x,2,\r\n");
        let before = map(json!({ "page_views": 1, "visitors": 5 }));
        answer.rows[0].compare = Some(before);
        let head = "page,page_views,visitors,compare_page_views,compare_visitors";
        assert_eq!(text(&answer), format!("{head}\r\n/=x,2,,1,5\r\n"));
    }
}
