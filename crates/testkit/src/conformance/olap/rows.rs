//! Rows go in as they are: every type, and blocks that are large, empty, askew or refused.

use super::{first_row, query, table};
use std::collections::BTreeMap;
use std::sync::Arc;
use ut_core::EventId;
use ut_core::ports::{Column, Olap, OlapBatch, OlapError, RowWriter, TableKind, TableRows};

pub(super) async fn suite(olap: &dyn Olap) {
    types_come_back_as_they_went_in(olap).await;
    many_rows_come_back_as_they_went_in(olap).await;
    a_large_insert_is_one_block(olap).await;
    rows_that_differ_are_refused(olap).await;
    inserts_that_fail_leave_the_store_usable(olap).await;
}

/// One table's rows out of a batch.
fn rows_of(batch: &OlapBatch) -> &Arc<TableRows> {
    batch.tables(TableKind::Facts).next().expect("a table").1
}

/// Every type that rows are written in: the column, its type, how it is read (`$` is the column), and the JSON it must
/// come back as.
const TYPES: &[(Column, &str, &str, &str)] = &[
    ("u8", "UInt8", "$", "255"),
    ("u16", "UInt16", "$", "65535"),
    ("u32", "UInt32", "$", "4294967295"),
    ("u64", "UInt64", "toString($)", "\"18446744073709551615\""),
    ("i32", "Int32", "$", "-2147483648"),
    ("i64", "Int64", "toString($)", "\"-9223372036854775808\""),
    ("day", "Date32", "$", "\"2024-10-04\""),
    ("at", "DateTime64(3, 'UTC')", "toUnixTimestamp64Milli($)", "1763800000123"),
    ("amount", "Decimal(18, 4)", "$", "\"900000000000000.0001\""),
    ("id", "UUID", "$", "\"01234567-89ab-cdef-0011-223344556677\""),
    ("text", "String", "$", "\"a\\t'\\\"\\\\\\n\\u0000ü🦀\""),
    ("low", "LowCardinality(String)", "$", "\"low\""),
    ("maybe", "Nullable(Decimal(18, 4))", "$", "null"),
    ("items.name", "Array(LowCardinality(String))", "$", "[\"one\",\"two\"]"),
    ("items.price", "Array(Nullable(Decimal(18, 4)))", "$", "[\"1.5\",null]"),
    ("items.quantity", "Array(UInt32)", "$", "[3,4]"),
    ("map", "Map(LowCardinality(String), String)", "$", "{\"key\":\"value\"}"),
    ("maps", "Array(Map(String, String))", "$", "[{},{\"key\":\"value\"}]"),
    // Converted by the engine.
    ("word_as_text", "String", "$", "\"word\""),
    ("text_as_word", "LowCardinality(String)", "$", "\"text\""),
];
const COLUMNS: [Column; TYPES.len()] = {
    let mut columns = [""; TYPES.len()];
    let mut index = 0;
    while index < TYPES.len() {
        columns[index] = TYPES[index].0;
        index += 1;
    }
    columns
};

async fn types_come_back_as_they_went_in(olap: &dyn Olap) {
    let columns: Vec<_> = TYPES.iter().map(|(name, kind, ..)| format!("`{name}` {kind}")).collect();
    table(olap, "conformance_types", &columns.join(", "), "u8").await;
    let pair = [("key".to_owned(), "value".to_owned())];
    let mut batch = OlapBatch::default();
    batch.row("conformance_types", TableKind::Facts, &COLUMNS, |row| {
        row.u8(u8::MAX).u16(u16::MAX).u32(u32::MAX).u64(u64::MAX).i32(i32::MIN).i64(i64::MIN);
        row.day(20_000).time(1_763_800_000_123).decimal(9_000_000_000_000_000_001);
        row.uuid(EventId::from_u128(0x0123_4567_89ab_cdef_0011_2233_4455_6677));
        row.text("a\t'\"\\\n\0ü🦀").word("low").nullable_decimal(None);
        row.words(["one", "two"]).nullable_decimals([Some(15_000), None]).u32s([3, 4]);
        row.map(&pair).maps([&[], &pair[..]]).word("word").text("text");
    });
    olap.insert("conformance_types", rows_of(&batch)).await.expect("a row of every type");
    let read: Vec<_> =
        TYPES.iter().map(|(name, _, read, _)| read.replace('$', &format!("`{name}`"))).collect();
    let sql = format!("SELECT {} FROM conformance_types", read.join(", "));
    let expected: Vec<_> = TYPES.iter().map(|(.., json)| *json).collect();
    assert_eq!(first_row(olap, &sql, &[]).await, expected);
}

/// Values of one row, each of another length than in its neighbours, many of them empty.
struct Sample {
    n: u32,
    word: String,
    words: Vec<String>,
    amounts: Vec<Option<i64>>,
    map: Vec<(String, String)>,
    maps: Vec<Vec<(String, String)>>,
}

impl Sample {
    fn of(n: u32) -> Self {
        let text = |index: u32| match (n + index) % 4 {
            0 => String::new(),
            1 => "ü🦀\0".to_owned(),
            2 => "x".repeat((n % 300) as usize),
            _ => format!("{n} {index}"),
        };
        let pairs =
            |count: u32| (0..count).map(|index| (format!("key {index}"), text(index))).collect::<Vec<_>>();
        let items = if n == 12_345 { 3_000 } else { n % 3 };
        Self {
            n,
            word: text(0),
            words: (0..items).map(text).collect(),
            amounts: (0..items)
                .map(|index| (index % 2 == 0).then(|| (i64::from(n) - 10_000) * 10_000))
                .collect(),
            map: pairs(n % 5),
            maps: (0..n % 4).map(pairs).collect(),
        }
    }

    fn write(&self, batch: &mut OlapBatch) {
        let columns = &["n", "text", "word", "few", "amount", "words", "amounts", "numbers", "map", "maps"];
        batch.row("conformance_many", TableKind::Facts, columns, |row| {
            row.u32(self.n).text(&self.word).word(&self.word).word(if self.n < 19_000 { "" } else { "few" });
            row.nullable_decimal(self.amounts.first().copied().flatten());
            row.words(self.words.iter().map(String::as_str)).nullable_decimals(self.amounts.iter().copied());
            row.u32s(0..self.n % 6).map(&self.map).maps(self.maps.iter().map(Vec::as_slice));
        });
    }

    /// The row as it must come back.
    fn json(&self) -> Vec<serde_json::Value> {
        let amount = |units: &Option<i64>| units.map(|units| (units / 10_000).to_string());
        let map = |pairs: &[(String, String)]| pairs.iter().cloned().collect::<BTreeMap<_, _>>();
        let maps: Vec<_> = self.maps.iter().map(|pairs| map(pairs)).collect();
        vec![
            self.n.into(),
            self.word.as_str().into(),
            self.word.as_str().into(),
            if self.n < 19_000 { "" } else { "few" }.into(),
            serde_json::json!(self.amounts.first().and_then(amount)),
            serde_json::json!(self.words),
            serde_json::json!(self.amounts.iter().map(amount).collect::<Vec<_>>()),
            serde_json::json!((0..self.n % 6).collect::<Vec<_>>()),
            serde_json::json!(map(&self.map)),
            serde_json::json!(maps),
        ]
    }
}

/// First a block in which every list is empty, then one with all there is.
async fn many_rows_come_back_as_they_went_in(olap: &dyn Olap) {
    let columns = "n UInt32, text String, word LowCardinality(String), few LowCardinality(String), \
                   amount Nullable(Decimal(18, 4)), words Array(LowCardinality(String)), \
                   amounts Array(Nullable(Decimal(18, 4))), numbers Array(UInt32), \
                   map Map(LowCardinality(String), String), maps Array(Map(String, String))";
    table(olap, "conformance_many", columns, "n").await;
    for numbers in [0..1, 1..20_000] {
        let mut batch = OlapBatch::default();
        numbers.for_each(|n| Sample::of(n).write(&mut batch));
        olap.insert("conformance_many", rows_of(&batch)).await.expect("rows of every length");
    }
    let read = query(olap, "SELECT * FROM conformance_many ORDER BY n", &[]).await.rows;
    assert_eq!(read.len(), 20_000);
    for (row, n) in read.iter().zip(0..) {
        assert_eq!(*row, Sample::of(n).json(), "row {n}");
    }
}

/// A row that does not fit must not become a block that is read askew.
async fn rows_that_differ_are_refused(olap: &dyn Olap) {
    table(olap, "conformance_askew", "n UInt64, text String", "n").await;
    let writers: [fn(&mut RowWriter); 4] = [
        |row| _ = row.u64(2),
        |row| _ = row.u64(2).text("two").text("three"),
        |row| _ = row.u32(2).text("two"),
        |row| _ = row.text("two").u64(2),
    ];
    for (number, write) in writers.into_iter().enumerate() {
        let mut batch = OlapBatch::default();
        batch.row("conformance_askew", TableKind::Facts, &["n", "text"], |row| _ = row.u64(1).text("one"));
        batch.row("conformance_askew", TableKind::Facts, &["n", "text"], write);
        batch.row("conformance_askew", TableKind::Facts, &["n", "text"], |row| _ = row.u64(3).text("three"));
        let refused = olap.insert("conformance_askew", rows_of(&batch)).await;
        assert!(matches!(refused, Err(OlapError::Refused { .. })), "writer {number}: {refused:?}");
    }
    assert_eq!(first_row(olap, "SELECT count() FROM conformance_askew", &[]).await, ["0"]);
}

async fn a_large_insert_is_one_block(olap: &dyn Olap) {
    table(olap, "conformance_block", "n UInt64, text LowCardinality(String)", "n").await;
    let mut batch = OlapBatch::default();
    for n in 0..100_000 {
        batch.row("conformance_block", TableKind::Facts, &["n", "text"], |row| {
            row.u64(n).word(&format!("word {n}"));
        });
    }
    olap.insert("conformance_block", rows_of(&batch)).await.expect("100,000 rows");
    let sql = "SELECT count(), sum(n), uniqExact(_part), countIf(text = concat('word ', toString(n))) \
               FROM conformance_block";
    assert_eq!(first_row(olap, sql, &[]).await, ["100000", "4999950000", "1", "100000"]);
}

async fn inserts_that_fail_leave_the_store_usable(olap: &dyn Olap) {
    table(olap, "conformance_insert", "n UInt64", "n").await;
    let mut torn = OlapBatch::default();
    torn.row("conformance_insert", TableKind::Facts, &["n"], |row| {
        row.text("one");
    });
    let error = olap.insert("conformance_insert", rows_of(&torn)).await.expect_err("not a number");
    assert!(matches!(error, OlapError::Refused { .. }), "{error}");
    let error = olap.insert("conformance_nowhere", rows_of(&torn)).await.expect_err("no such table");
    assert!(matches!(error, OlapError::Refused { code: 60, .. }), "{error}");

    let mut whole = OlapBatch::default();
    whole.row("conformance_insert", TableKind::Facts, &["n"], |row| {
        row.u64(7);
    });
    olap.insert("conformance_insert", rows_of(&whole)).await.expect("one row");
    let nothing = TableRows { data: RowWriter::default(), ..(**rows_of(&whole)).clone() };
    olap.insert("conformance_insert", &Arc::new(nothing)).await.expect("no rows are no error");
    assert_eq!(first_row(olap, "SELECT count(), sum(n) FROM conformance_insert", &[]).await, ["1", "7"]);
}
