//! What a consumer's batch writes, gathered row by row and kept column by column.

use super::OlapError;
use super::cells::{Cells, Type, length, text};
use std::collections::BTreeMap;

/// How a table behaves when a batch is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TableKind {
    /// One row per event, with `log` and `lsn`: a repair inserts only the missing numbers.
    Facts,
    /// `ReplacingMergeTree(version)`: writing a row twice is harmless.
    Replacing,
    /// Sums over `Facts`; its key ends in `log`: a repair deletes and rebuilds what the batch touched.
    Rollup,
}

/// A column of an insert.
pub type Column = &'static str;

/// Rows for one table.
#[derive(Debug, Clone)]
pub struct TableRows {
    /// How the table takes a repeated batch.
    pub kind: TableKind,
    /// The columns, in the order in which the rows hold them.
    pub columns: &'static [Column],
    /// The rows.
    pub data: RowWriter,
    /// How many there are.
    pub rows: u64,
}

impl TableRows {
    /// All rows as one block of ClickHouse's format `Native`. Refused when rows differ in the number or the types of
    /// their values: a block that is read askew would be stored as nonsense.
    pub fn native(&self) -> Result<Vec<u8>, OlapError> {
        if let Some(fault) = &self.data.fault {
            return Err(OlapError::Refused { code: 0, message: fault.clone() });
        }
        // Grown step by step, a block of many megabytes would be copied again and again.
        let column = |(_, cells): &(Type, Cells)| cells.bytes() + 64;
        let mut block = Vec::with_capacity(self.data.columns.iter().map(column).sum::<usize>() + 64);
        length(&mut block, self.columns.len());
        length(&mut block, self.rows as usize);
        for (name, (kind, cells)) in self.columns.iter().zip(&self.data.columns) {
            text(&mut block, name);
            text(&mut block, kind.name());
            cells.write_prefix(&mut block);
            cells.write(&mut block);
        }
        Ok(block)
    }
}

/// What one consumer batch writes, table by table. Filled by `Module::rows`.
#[derive(Debug, Clone, Default)]
pub struct OlapBatch {
    tables: BTreeMap<&'static str, TableRows>,
}

impl OlapBatch {
    /// Adds one row: `write` puts the values in the order of `columns`, of the same types in every row.
    pub fn row(
        &mut self,
        table: &'static str,
        kind: TableKind,
        columns: &'static [Column],
        write: impl FnOnce(&mut RowWriter),
    ) {
        let rows = self.tables.entry(table).or_insert_with(|| TableRows {
            kind,
            columns,
            data: RowWriter::default(),
            rows: 0,
        });
        write(&mut rows.data);
        rows.rows += 1;
        rows.data.end_row(rows.columns);
    }

    /// The tables of one kind, by name.
    pub fn tables(&self, kind: TableKind) -> impl Iterator<Item = (&'static str, &TableRows)> {
        self.tables.iter().filter(move |(_, rows)| rows.kind == kind).map(|(name, rows)| (*name, rows))
    }
}

/// Takes a row's values, one after the other, each into its own column. A method per type: the engine converts between
/// texts, and between numbers, but a time or an amount that is called a number would be scaled.
#[derive(Debug, Clone, Default)]
pub struct RowWriter {
    columns: Vec<(Type, Cells)>,
    /// The column of the next value.
    next: usize,
    /// The first row that differs from the others.
    fault: Option<String>,
}

impl RowWriter {
    /// `UInt8` (also `Bool`).
    pub fn u8(&mut self, value: u8) -> &mut Self {
        self.put(Type::U8, |cells| cells.number(value.to_le_bytes()))
    }
    /// `UInt16`.
    pub fn u16(&mut self, value: u16) -> &mut Self {
        self.put(Type::U16, |cells| cells.number(value.to_le_bytes()))
    }
    /// `UInt32`.
    pub fn u32(&mut self, value: u32) -> &mut Self {
        self.put(Type::U32, |cells| cells.number(value.to_le_bytes()))
    }
    /// `UInt64`.
    pub fn u64(&mut self, value: u64) -> &mut Self {
        self.put(Type::U64, |cells| cells.number(value.to_le_bytes()))
    }
    /// `Int32`.
    pub fn i32(&mut self, value: i32) -> &mut Self {
        self.put(Type::I32, |cells| cells.number(value.to_le_bytes()))
    }
    /// `Int64`.
    pub fn i64(&mut self, value: i64) -> &mut Self {
        self.put(Type::I64, |cells| cells.number(value.to_le_bytes()))
    }
    /// `Date32`, as days since 1970-01-01.
    pub fn day(&mut self, days: i32) -> &mut Self {
        self.put(Type::Day, |cells| cells.number(days.to_le_bytes()))
    }
    /// `DateTime64(3, 'UTC')`, as Unix milliseconds.
    pub fn time(&mut self, ms: i64) -> &mut Self {
        self.put(Type::Time, |cells| cells.number(ms.to_le_bytes()))
    }
    /// `Decimal(18, 4)`, as 1/10,000.
    pub fn decimal(&mut self, units: i64) -> &mut Self {
        self.put(Type::Decimal, |cells| cells.number(units.to_le_bytes()))
    }
    /// `Nullable(Decimal(18, 4))`, as 1/10,000.
    pub fn nullable_decimal(&mut self, units: Option<i64>) -> &mut Self {
        self.put(Type::NullableDecimal, |cells| cells.nullable_number(units))
    }
    /// `UUID`: two little-endian halves, the high one first.
    pub fn uuid(&mut self, value: uuid::Uuid) -> &mut Self {
        let (high, low) = value.as_u64_pair();
        self.put(Type::Uuid, |cells| {
            cells.number(high.to_le_bytes());
            cells.number(low.to_le_bytes());
        })
    }
    /// `String`.
    pub fn text(&mut self, value: &str) -> &mut Self {
        self.put(Type::Text, |cells| cells.text(value))
    }
    /// `LowCardinality(String)`: the same few texts in most rows.
    pub fn word(&mut self, value: &str) -> &mut Self {
        self.put(Type::Word, |cells| cells.text(value))
    }
    /// The next `count` values are words, and those of the row before.
    pub fn same_words(&mut self, count: usize) -> &mut Self {
        for _ in 0..count {
            let repeated = self.columns.get_mut(self.next).is_some_and(|(_, cells)| cells.repeat());
            if !repeated && self.fault.is_none() {
                self.fault = Some(format!("value {}: no row before it has a word there", self.next));
            }
            self.next += 1;
        }
        self
    }
    /// `Array(LowCardinality(String))`.
    pub fn words<'a>(&mut self, values: impl IntoIterator<Item = &'a str>) -> &mut Self {
        self.put(Type::Words, |cells| cells.list(values, Cells::text))
    }
    /// `Array(UInt32)`.
    pub fn u32s(&mut self, values: impl IntoIterator<Item = u32>) -> &mut Self {
        self.put(Type::U32s, |cells| cells.list(values, |cells, value| cells.number(value.to_le_bytes())))
    }
    /// `Array(Nullable(Decimal(18, 4)))`, as 1/10,000.
    pub fn nullable_decimals(&mut self, values: impl IntoIterator<Item = Option<i64>>) -> &mut Self {
        self.put(Type::NullableDecimals, |cells| cells.list(values, Cells::nullable_number))
    }
    /// `Map(LowCardinality(String), String)`.
    pub fn map(&mut self, pairs: &[(String, String)]) -> &mut Self {
        self.put(Type::Map, |cells| cells.map(pairs))
    }
    /// `Array(Map(String, String))`.
    pub fn maps<'a>(&mut self, maps: impl IntoIterator<Item = &'a [(String, String)]>) -> &mut Self {
        self.put(Type::Maps, |cells| cells.list(maps, Cells::map))
    }

    /// One value into the next column, which takes its type from the first row.
    fn put(&mut self, kind: Type, write: impl FnOnce(&mut Cells)) -> &mut Self {
        if self.next == self.columns.len() {
            self.columns.push((kind, kind.cells()));
        }
        match self.columns.get_mut(self.next) {
            Some((first, cells)) if *first == kind => write(cells),
            Some((first, _)) if self.fault.is_none() => {
                let (first, other) = (first.name(), kind.name());
                self.fault =
                    Some(format!("value {}: {first} in the first row, {other} in another one", self.next));
            }
            _ => {}
        }
        self.next += 1;
        self
    }

    fn end_row(&mut self, columns: &[Column]) {
        if self.next != columns.len() && self.fault.is_none() {
            self.fault = Some(format!("a row of {} values for {} columns", self.next, columns.len()));
        }
        self.next = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[Column] = &["n", "first", "second"];

    fn batch(rows: &[(&str, &str)], write: impl Fn(&mut RowWriter, usize)) -> Result<Vec<u8>, OlapError> {
        let mut batch = OlapBatch::default();
        for at in 0..rows.len() {
            batch.row("table", TableKind::Facts, COLUMNS, |row| write(row.u64(at as u64), at));
        }
        batch.tables(TableKind::Facts).next().map(|(_, rows)| rows.native()).unwrap_or(Ok(Vec::new()))
    }

    #[test]
    fn what_is_said_again_is_written_as_if_it_were_said() {
        // Empty texts, texts that come back later, and more of them than fit a byte.
        let many: Vec<_> = (0..700).map(|n| format!("text {}", n / 2 % 300)).collect();
        let mut rows =
            vec![("", ""), ("", ""), ("a", ""), ("a", ""), ("", "b"), ("", "b"), ("a", ""), ("ab", "")];
        rows.extend(many.iter().map(|text| (text.as_str(), "")));
        let said = batch(&rows, |row, at| _ = row.word(rows[at].0).word(rows[at].1));
        let again = batch(&rows, |row, at| {
            if at > 0 && rows[at] == rows[at - 1] {
                row.same_words(2);
            } else {
                row.word(rows[at].0).word(rows[at].1);
            }
        });
        assert_eq!(said.unwrap(), again.unwrap());
    }

    #[test]
    fn only_a_word_of_a_row_before_can_be_said_again() {
        assert!(batch(&[("", "")], |row, _| _ = row.same_words(2)).is_err(), "there is no row before");
        let number = batch(&[("", ""); 2], |row, at| {
            if at == 0 {
                row.word("a").u8(1);
            } else {
                row.same_words(2);
            }
        });
        assert!(number.is_err(), "a number is no word");
        let short = batch(&[("", ""); 2], |row, at| {
            if at == 0 {
                row.word("a").word("b");
            } else {
                row.same_words(1);
            }
        });
        assert!(short.is_err(), "a value is missing");
    }
}
