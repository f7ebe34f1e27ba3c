//! The conformance suite of the port `olap`. Its tables begin with `conformance_` and are dropped first, so that it may
//! run against a server that lives longer than the suite.
#![expect(clippy::expect_used, reason = "a suite panics where an adapter is broken")]

mod rows;

use futures_core::stream::BoxStream;
use std::sync::Arc;
use ut_core::module::Migration;
use ut_core::ports::{Olap, OlapError, OlapRows, Param, ParamValue};

/// Everything an adapter must do; `olap` must be open.
pub async fn suite(olap: Arc<dyn Olap>) {
    let olap = olap.as_ref();
    olap.ping().await.expect("an open store answers a ping");
    rows::suite(olap).await;
    numbers_and_decimals_are_exact(olap).await;
    parameters_stay_data(olap).await;
    refusals_have_a_code(olap).await;
    lines_are_streamed(olap).await;
    documents_are_streamed(olap).await;
    a_failing_stream_ends_in_an_error(olap).await;
    a_stream_can_be_left(olap).await;
    migrations_are_applied_once_and_in_order(olap).await;
    a_failed_migration_is_applied_again(olap).await;
}

async fn table(olap: &dyn Olap, name: &str, columns: &str, order: &str) {
    execute(olap, &format!("DROP TABLE IF EXISTS {name} SYNC")).await;
    let settings = "SETTINGS fsync_after_insert = 1, fsync_part_directory = 1";
    execute(olap, &format!("CREATE TABLE {name} ({columns}) ENGINE = MergeTree ORDER BY {order} {settings}"))
        .await;
}

async fn execute(olap: &dyn Olap, sql: &str) {
    olap.execute(sql, &[]).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

async fn query(olap: &dyn Olap, sql: &str, params: &[Param]) -> OlapRows {
    olap.query(sql, params).await.unwrap_or_else(|error| panic!("{sql}: {error}"))
}

/// The values of the first row, each as JSON text.
async fn first_row(olap: &dyn Olap, sql: &str, params: &[Param]) -> Vec<String> {
    let rows = query(olap, sql, params).await;
    rows.rows.first().expect("a row").iter().map(ToString::to_string).collect()
}

async fn numbers_and_decimals_are_exact(olap: &dyn Olap) {
    let sql = "SELECT toUInt64(9007199254740992) AS a, toInt64(-9007199254740992) AS b, \
               toDecimal64('-59.9', 4) AS c, 0.5 AS d, CAST(NULL, 'Nullable(UInt8)') AS e";
    let rows = query(olap, sql, &[]).await;
    assert_eq!(rows.columns, ["a", "b", "c", "d", "e"]);
    let expected = ["9007199254740992", "-9007199254740992", "\"-59.9\"", "0.5", "null"];
    assert_eq!(first_row(olap, sql, &[]).await, expected);
    assert!(query(olap, "SELECT 1 WHERE 0", &[]).await.rows.is_empty());
}

async fn parameters_stay_data(olap: &dyn Olap) {
    let hostile = [
        "",
        "'",
        "\\",
        "\\'",
        "\\N",
        "\\\\t",
        "a\tb",
        "a\nb",
        "a\r\nb",
        "a\0b",
        "`x`",
        "{s:String}",
        "ü🦀",
        "'); DROP TABLE conformance_types; --",
        "\u{7f}\u{1}",
    ];
    for text in hostile {
        let params = [("s", ParamValue::Text(text.to_owned()))];
        let rows = query(olap, "SELECT {s:String} AS s, length({s:String}) AS n", &params).await;
        assert_eq!(rows.rows[0][0].as_str(), Some(text));
        assert_eq!(rows.rows[0][1].as_u64(), Some(text.len() as u64), "{text:?}");
    }
    let texts = hostile.map(ToOwned::to_owned).to_vec();
    let params = [("texts", ParamValue::Texts(texts.clone())), ("nothing", ParamValue::Texts(Vec::new()))];
    let sql = "SELECT {texts:Array(String)}, length({nothing:Array(String)}), '\\t' IN {texts:Array(String)}";
    let rows = query(olap, sql, &params).await;
    assert_eq!(rows.rows[0], [serde_json::json!(texts), serde_json::json!(0), serde_json::json!(0)]);
    let params = [
        ("u", ParamValue::UInt(u64::MAX)),
        ("i", ParamValue::Int(i64::MIN)),
        ("list", ParamValue::UInts(vec![3, u64::MAX])),
        ("none", ParamValue::UInts(vec![])),
        ("name", ParamValue::Text("conformance_types".to_owned())),
    ];
    let sql = "SELECT toString({u:UInt64}), toString({i:Int64}), arrayMap(x -> toString(x), {list:Array(UInt64)}), \
               length({none:Array(UInt64)}), (SELECT count() FROM {name:Identifier})";
    let expected = [
        "\"18446744073709551615\"",
        "\"-9223372036854775808\"",
        "[\"3\",\"18446744073709551615\"]",
        "0",
        "1",
    ];
    assert_eq!(first_row(olap, sql, &params).await, expected);
    // Parameters of one statement are not there for the next one.
    let missing = olap.query("SELECT {u:UInt64}", &[]).await.expect_err("a parameter is missing");
    assert!(matches!(missing, OlapError::Refused { .. }), "{missing}");
}

async fn refusals_have_a_code(olap: &dyn Olap) {
    for (sql, expected) in [("SELECT * FROM conformance_nowhere", 60), ("SELEKT 1", 62)] {
        for result in [olap.query(sql, &[]).await.map(drop), olap.execute(sql, &[]).await] {
            match result {
                Err(OlapError::Refused { code, message }) => {
                    assert_eq!(code, expected, "{message}");
                    assert!(!message.is_empty() && !message.starts_with("Code:"), "{message}");
                }
                other => panic!("{sql}: {other:?}"),
            }
        }
    }
}

type Stream = BoxStream<'static, Result<Vec<u8>, OlapError>>;

async fn next(stream: &mut Stream) -> Option<Result<Vec<u8>, OlapError>> {
    std::future::poll_fn(|context| stream.as_mut().poll_next(context)).await
}

async fn collect(mut stream: Stream) -> Vec<u8> {
    let mut bytes = Vec::new();
    while let Some(piece) = next(&mut stream).await {
        bytes.extend(piece.expect("a whole stream"));
    }
    bytes
}

async fn streamed(olap: &dyn Olap, sql: &str, params: &[Param], format: &str) -> Vec<u8> {
    collect(olap.stream(sql, params, format).await.unwrap_or_else(|error| panic!("{format}: {error}"))).await
}

async fn lines_are_streamed(olap: &dyn Olap) {
    let sql = "SELECT number AS n, {s:String} AS s FROM numbers({rows:UInt64})";
    let params = [("s", ParamValue::Text("a,\"b".to_owned())), ("rows", ParamValue::UInt(200_000))];
    let lines = String::from_utf8(streamed(olap, sql, &params, "JSONEachRow").await).expect("UTF-8");
    assert_eq!(lines.lines().count(), 200_000);
    assert_eq!(lines.lines().next(), Some("{\"n\":0,\"s\":\"a,\\\"b\"}"));
    assert_eq!(lines.lines().last(), Some("{\"n\":199999,\"s\":\"a,\\\"b\"}"));

    let csv = String::from_utf8(streamed(olap, sql, &params, "CSVWithNames").await).expect("UTF-8");
    assert_eq!(csv.lines().count(), 200_001, "one header");
    assert_eq!(csv.lines().next(), Some("\"n\",\"s\""));
    assert_eq!(csv.lines().nth(200_000), Some("199999,\"a,\"\"b\""));

    let none = [params[0].clone(), ("rows", ParamValue::UInt(0))];
    assert_eq!(streamed(olap, sql, &none, "CSVWithNames").await, b"\"n\",\"s\"\n");
    assert_eq!(streamed(olap, sql, &none, "JSONEachRow").await, b"");
}

async fn documents_are_streamed(olap: &dyn Olap) {
    let sql = "-- A comment in front.\nSELECT number AS n FROM numbers({rows:UInt64});\n";
    let rows = [("rows", ParamValue::UInt(200_000))];
    let parquet = streamed(olap, sql, &rows, "Parquet").await;
    assert!(parquet.starts_with(b"PAR1") && parquet.ends_with(b"PAR1"));
    let files = parquet.windows(8).filter(|bytes| *bytes == b"PAR1PAR1").count();
    assert_eq!(files, 0, "one document");
}

async fn a_failing_stream_ends_in_an_error(olap: &dyn Olap) {
    for format in ["JSONEachRow", "Parquet"] {
        let refused = olap.stream("SELECT * FROM conformance_nowhere", &[], format).await;
        assert!(matches!(refused, Err(OlapError::Refused { code: 60, .. })), "{format}");
    }
    let sql = "SELECT throwIf(number = 150000) AS n FROM numbers(200000)";
    let mut stream = olap.stream(sql, &[], "JSONEachRow").await.expect("it fails later");
    let error = loop {
        match next(&mut stream).await {
            Some(Ok(_)) => {}
            Some(Err(error)) => break error,
            None => panic!("the error was swallowed"),
        }
    };
    assert!(matches!(error, OlapError::Refused { code: 395, .. }), "{error}");
    assert!(next(&mut stream).await.is_none());
}

async fn a_stream_can_be_left(olap: &dyn Olap) {
    // More than any adapter has connections: each must be given back.
    for _ in 0..8 {
        let mut endless =
            olap.stream("SELECT number FROM system.numbers", &[], "TSV").await.expect("a stream");
        assert!(next(&mut endless).await.expect("a piece").is_ok());
    }
    assert_eq!(streamed(olap, "SELECT 1", &[], "TSV").await, b"1\n");
}

async fn migrations_are_applied_once_and_in_order(olap: &dyn Olap) {
    for name in ["conformance_migrated", "conformance_later"] {
        execute(olap, &format!("DROP TABLE IF EXISTS {name} SYNC")).await;
    }
    forget_migrations(olap).await;
    let create = "-- A table;\nCREATE TABLE IF NOT EXISTS conformance_migrated (n UInt8)\nENGINE = MergeTree ORDER BY n;\n\
                  INSERT INTO conformance_migrated VALUES (1);\n";
    let first = Migration { number: 4_000_000_001, name: "conformance_first", sql: create };
    let second = Migration {
        number: 4_000_000_002,
        name: "conformance_second",
        sql: "CREATE TABLE IF NOT EXISTS conformance_later ENGINE = MergeTree ORDER BY n AS SELECT n FROM conformance_migrated",
    };
    assert_eq!(olap.migrate(&[second, first]).await.expect("two migrations, given out of order"), 2);
    assert_eq!(olap.migrate(&[first, second]).await.expect("nothing to do"), 0);
    let sql = "SELECT (SELECT count() FROM conformance_migrated), (SELECT count() FROM conformance_later), \
               groupArray(name) FROM (SELECT name FROM ut_migrations WHERE number > 4000000000 ORDER BY number)";
    assert_eq!(first_row(olap, sql, &[]).await, ["1", "1", "[\"conformance_first\",\"conformance_second\"]"]);
}

async fn a_failed_migration_is_applied_again(olap: &dyn Olap) {
    forget_migrations(olap).await;
    execute(olap, "DROP TABLE IF EXISTS conformance_half SYNC").await;
    let create = "CREATE TABLE IF NOT EXISTS conformance_half (n UInt8) ENGINE = MergeTree ORDER BY n;\n";
    let broken: &'static str =
        Box::leak(format!("{create}CREATE TABLE conformance_half (oops);\n").into_boxed_str());
    let half = Migration { number: 4_000_000_003, name: "conformance_half", sql: broken };
    let error = olap.migrate(&[half]).await.expect_err("the second statement is wrong");
    assert!(
        matches!(&error, OlapError::Refused { message, .. } if message.contains("conformance_half")),
        "{error}"
    );
    let mended = Migration { sql: create, ..half };
    assert_eq!(olap.migrate(&[mended]).await.expect("the first statement bears repetition"), 1);
    forget_migrations(olap).await;
}

/// So that the suite can run again on the same store.
async fn forget_migrations(olap: &dyn Olap) {
    olap.migrate(&[]).await.expect("makes the table");
    execute(olap, "DELETE FROM ut_migrations WHERE number > 4000000000").await;
}
