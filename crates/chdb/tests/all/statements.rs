//! Statements, parameters, inserts, streams and errors.

use crate::connection;
use ut_chdb::{BoundParam, Error, Library};

fn text(connection: &mut ut_chdb::Connection, sql: &str, params: &[BoundParam]) -> String {
    String::from_utf8(connection.query(sql, "TSV", params).unwrap().bytes().to_vec()).unwrap()
}

#[test]
fn parameters_stay_data() {
    let value = b"x') ; DROP TABLE t --".to_vec();
    let param = BoundParam { name: "s".to_owned(), value };
    assert_eq!(text(&mut connection(), "SELECT length({s:String})", &[param]), "21\n");
}

#[test]
fn an_error_has_its_code() {
    let error = connection().query("SELECT * FROM nowhere", "TSV", &[]).unwrap_err();
    assert!(matches!(error, Error::Refused { code: 60, .. }), "{error}");
}

#[test]
fn rows_are_inserted_and_a_bad_insert_leaves_the_connection_usable() {
    let mut connection = connection();
    let create = "CREATE TABLE binding (n UInt64) ENGINE = MergeTree ORDER BY n";
    assert!(connection.query(create, "TSV", &[]).unwrap().bytes().is_empty());
    let rows: Vec<u8> = (0..1000_u64).flat_map(u64::to_le_bytes).collect();
    connection.insert("INSERT INTO binding (n)", "RowBinary", |out| out.write_all(&rows)).unwrap();
    let torn = connection
        .insert("INSERT INTO binding (n)", "RowBinary", |out| out.write_all(&rows[..4]))
        .unwrap_err();
    assert!(matches!(torn, Error::Refused { code: 32 | 33, .. }), "{torn}");
    let unknown =
        connection.insert("INSERT INTO nowhere (n)", "RowBinary", |out| out.write_all(&rows)).unwrap_err();
    assert!(matches!(unknown, Error::Refused { code: 60, .. }), "{unknown}");
    assert_eq!(text(&mut connection, "SELECT count(), sum(n) FROM binding", &[]), "1000\t499500\n");
}

#[test]
fn a_stream_gives_every_row_once_and_can_be_left() {
    let mut connection = connection();
    let mut rows = 0;
    let mut stream = connection.stream("SELECT number FROM numbers(300000)", "TSV", &[]).unwrap();
    while let Some(piece) = stream.fetch().unwrap() {
        rows += piece.bytes().iter().filter(|byte| **byte == b'\n').count();
    }
    assert!(stream.fetch().unwrap().is_none(), "the end stays the end");
    drop(stream);
    assert_eq!(rows, 300_000);

    let mut endless = connection.stream("SELECT number FROM system.numbers", "TSV", &[]).unwrap();
    assert!(endless.fetch().unwrap().is_some());
    drop(endless);
    assert_eq!(text(&mut connection, "SELECT 1", &[]), "1\n");
}

#[test]
fn nothing_of_a_failed_query_reaches_the_next_one() {
    let mut connection = connection();
    let failing = "SELECT throwIf(number = 250000) AS leftover FROM numbers(300000)";
    for format in ["JSONCompact", "JSON", "TSV", "CSVWithNames", "Parquet"] {
        let error = connection.query(failing, format, &[]).unwrap_err();
        assert!(matches!(error, Error::Refused { code: 395, .. }), "{error}");
        assert_eq!(text(&mut connection, "SELECT 1", &[]), "1\n", "after {format}");

        let mut stream = connection.stream(failing, format, &[]).unwrap();
        while let Ok(Some(_)) = stream.fetch() {}
        drop(stream);
        assert_eq!(text(&mut connection, "SELECT 1", &[]), "1\n", "after a stream of {format}");

        let mut left = connection.stream("SELECT number FROM system.numbers", format, &[]).unwrap();
        assert!(left.fetch().unwrap().is_some());
        drop(left);
        assert_eq!(text(&mut connection, "SELECT 1", &[]), "1\n", "after leaving a stream of {format}");
    }
    let _ = connection.query(failing, "TSV", &[]).unwrap_err();
    let dead =
        "SELECT count() FROM system.processes WHERE query LIKE '%leftover%' AND query NOT LIKE '%processes%'";
    assert_eq!(text(&mut crate::connection(), dead, &[]), "0\n");
}

#[test]
fn an_error_in_the_middle_ends_a_stream() {
    let mut connection = connection();
    let sql = "SELECT throwIf(number = 250000) FROM numbers(300000)";
    let mut stream = connection.stream(sql, "TSV", &[]).unwrap();
    let error = loop {
        match stream.fetch() {
            Ok(Some(_)) => {}
            Ok(None) => panic!("the error was swallowed"),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, Error::Refused { code: 395, .. }), "{error}");
    assert!(stream.fetch().unwrap().is_none());
    drop(stream);
    assert_eq!(text(&mut connection, "SELECT 1", &[]), "1\n");
}

#[test]
fn a_file_that_is_no_library_is_refused() {
    let _engine = connection();
    let dir = tempfile::tempdir().unwrap();
    let error = Library::open(&dir.path().join("absent.so")).unwrap_err();
    assert!(matches!(error, Error::Load { .. }), "{error}");
}
