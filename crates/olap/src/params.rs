//! Values of parameters in ClickHouse's text-escaped form, so that a value stays a value.

use ut_chdb::BoundParam;
use ut_core::ports::{Param, ParamValue};

/// Every parameter, ready to be bound.
pub(crate) fn bind(params: &[Param]) -> Vec<BoundParam> {
    params.iter().map(|(name, value)| bound(name, text(value))).collect()
}

/// One text parameter.
pub(crate) fn bound_text(name: &str, value: &str) -> BoundParam {
    bound(name, escaped(value))
}

fn bound(name: &str, value: String) -> BoundParam {
    BoundParam { name: name.to_owned(), value: value.into_bytes() }
}

fn text(value: &ParamValue) -> String {
    match value {
        ParamValue::UInt(number) => number.to_string(),
        ParamValue::Int(number) => number.to_string(),
        ParamValue::Text(text) => escaped(text),
        ParamValue::UInts(numbers) => {
            let numbers: Vec<_> = numbers.iter().map(u64::to_string).collect();
            format!("[{}]", numbers.join(","))
        }
        ParamValue::Texts(texts) => {
            let texts: Vec<_> = texts.iter().map(|text| quoted(text)).collect();
            format!("[{}]", texts.join(","))
        }
    }
}

/// <https://clickhouse.com/docs/interfaces/formats/TabSeparated>: a backslash escapes; tab and line feed would end the
/// value. Quotes mean nothing here.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' => escaped.push_str("\\\\"),
            '\t' => escaped.push_str("\\t"),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\0' => escaped.push_str("\\0"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// A text inside a list: between single quotes, which a backslash escapes as it does everything else.
fn quoted(text: &str) -> String {
    format!("'{}'", escaped(text).replace('\'', "\\'"))
}

/// A table or column in back quotes. Names come from our own code; this keeps a slip from becoming a statement.
pub(crate) fn identifier(name: &str) -> String {
    format!("`{}`", name.replace('\\', "\\\\").replace('`', "\\`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_and_nothing_else_is() {
        assert_eq!(escaped("a\\N\t\n\r\0'\"`ü🦀"), "a\\\\N\\t\\n\\r\\0'\"`ü🦀");
    }

    #[test]
    fn numbers_and_lists_are_plain() {
        let params = bind(&[
            ("a", ParamValue::UInt(u64::MAX)),
            ("b", ParamValue::Int(i64::MIN)),
            ("c", ParamValue::UInts(vec![1, 2])),
            ("d", ParamValue::UInts(vec![])),
            ("e", ParamValue::Texts(vec!["a'b\\".to_owned(), "\t".to_owned()])),
        ]);
        let values: Vec<_> = params.iter().map(|param| std::str::from_utf8(&param.value).unwrap()).collect();
        assert_eq!(
            values,
            ["18446744073709551615", "-9223372036854775808", "[1,2]", "[]", "['a\\'b\\\\','\\t']"]
        );
    }

    #[test]
    fn an_identifier_cannot_end_early() {
        assert_eq!(identifier("items.price"), "`items.price`");
        assert_eq!(identifier("a` b\\"), "`a\\` b\\\\`");
    }
}
