//! What a consumer's batch writes, gathered row by row and kept column by column.

use super::OlapError;
use super::cells::{Cells, LeftOut, Type, length, text};
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

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
}

impl TableRows {
    /// How many there are.
    #[must_use]
    pub const fn rows(&self) -> u64 {
        self.data.rows as u64
    }

    /// Whether the rows are a block. Refused when they differ in the number or the types of their values: a block that is
    /// read askew would be stored as nonsense.
    pub fn check(&self) -> Result<(), OlapError> {
        let left_out = || {
            let missing = |values: &Values| values.rows < self.data.rows && values.cells.fill_is_refused();
            self.data.columns.iter().position(missing).map(left_out)
        };
        let fault = self.data.fault.clone().or_else(left_out);
        fault.map_or(Ok(()), |message| Err(OlapError::Refused { code: 0, message }))
    }

    /// Writes the rows, which [`Self::check`] has found to be a block, as one of ClickHouse's format `Native`; column by
    /// column, for there are many megabytes of them.
    pub fn write_native(&self, out: &mut impl Write) -> std::io::Result<()> {
        let mut front = Vec::new();
        length(&mut front, self.columns.len());
        length(&mut front, self.data.rows);
        for (name, values) in self.columns.iter().zip(&self.data.columns) {
            text(&mut front, name);
            text(&mut front, values.kind.name());
            out.write_all(&front)?;
            front.clear();
            values.cells.write_prefix(out)?;
            values.cells.write(out, self.data.rows - values.rows)?;
        }
        out.write_all(&front)
    }
}

fn left_out(what: impl std::fmt::Display) -> String {
    format!("value {what}: a number cannot be left out")
}

/// What one consumer batch writes, table by table. Filled by `Module::rows`.
#[derive(Debug, Clone, Default)]
pub struct OlapBatch {
    tables: BTreeMap<&'static str, Arc<TableRows>>,
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
        let none = || Arc::new(TableRows { kind, columns, data: RowWriter::default() });
        // Nobody else has them yet.
        let rows = Arc::make_mut(self.tables.entry(table).or_insert_with(none));
        write(&mut rows.data);
        rows.data.end_row(rows.columns);
    }

    /// The tables of one kind, by name.
    pub fn tables(&self, kind: TableKind) -> impl Iterator<Item = (&'static str, &Arc<TableRows>)> {
        self.tables.iter().filter(move |(_, rows)| rows.kind == kind).map(|(name, rows)| (*name, rows))
    }
}

/// Takes a row's values, one after the other, each into its own column. A method per type: the engine converts between
/// texts, and between numbers, but a time or an amount that is called a number would be scaled.
#[derive(Debug, Clone, Default)]
pub struct RowWriter {
    columns: Vec<Values>,
    /// The column of the next value.
    next: usize,
    /// Complete rows.
    rows: usize,
    /// The first row that differs from the others.
    fault: Option<String>,
}

/// A column so far. What was left out is added when there is something to add behind it.
#[derive(Debug, Clone)]
struct Values {
    kind: Type,
    cells: Cells,
    /// How many rows have their value.
    rows: usize,
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
    /// Leaves out the next `count` values: a word is that of the row before, a list or map is empty. The first row leaves
    /// out nothing, and numbers cannot be left out. It costs next to nothing.
    pub fn leave_out(&mut self, count: usize) -> &mut Self {
        self.next += count;
        if self.next > self.columns.len() && self.fault.is_none() {
            self.fault = Some(format!("value {}: the first row has none there", self.columns.len()));
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
            self.columns.push(Values { kind, cells: kind.cells(), rows: self.rows });
        }
        match self.columns.get_mut(self.next) {
            Some(values) if values.kind == kind => {
                let left_out = self.rows - values.rows;
                if left_out > 0 && values.cells.fill(left_out) == Err(LeftOut) && self.fault.is_none() {
                    self.fault = Some(self::left_out(self.next));
                }
                write(&mut values.cells);
                values.rows = self.rows + 1;
            }
            Some(values) if self.fault.is_none() => {
                let (first, other) = (values.kind.name(), kind.name());
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
        self.rows += 1;
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
        let (_, rows) = batch.tables(TableKind::Facts).next().unwrap();
        rows.check()?;
        let mut block = Vec::new();
        rows.write_native(&mut block).unwrap();
        Ok(block)
    }

    #[test]
    fn words_that_are_left_out_are_written_as_if_they_were_said() {
        // Empty texts, texts that come back later, and more of them than fit a byte.
        let many: Vec<_> = (0..700).map(|n| format!("text {}", n / 2 % 300)).collect();
        let mut rows =
            vec![("", ""), ("", ""), ("a", ""), ("a", ""), ("", "b"), ("", "b"), ("a", ""), ("ab", "")];
        rows.extend(many.iter().map(|text| (text.as_str(), "")));
        let last = rows[rows.len() - 1];
        rows.extend([last; 5]);
        let said = batch(&rows, |row, at| _ = row.word(rows[at].0).word(rows[at].1));
        let left_out = batch(&rows, |row, at| {
            if at > 0 && rows[at] == rows[at - 1] {
                row.leave_out(2);
            } else {
                row.word(rows[at].0).word(rows[at].1);
            }
        });
        assert_eq!(said.unwrap(), left_out.unwrap());
    }

    #[test]
    fn lists_and_maps_that_are_left_out_are_empty() {
        let pairs = [("key".to_owned(), "value".to_owned())];
        let rows: Vec<&str> = vec!["a", "", "", "b", "c", "", "d", "", ""];
        let write = |row: &mut RowWriter, text: &str| {
            let some = usize::from(!text.is_empty());
            row.words([text].into_iter().take(some)).map(&pairs[..some]);
        };
        let pairs_of = |rows: &[&'static str]| rows.iter().map(|text| (*text, "")).collect::<Vec<_>>();
        let said = batch(&pairs_of(&rows), |row, at| write(row, rows[at]));
        let left_out = batch(&pairs_of(&rows), |row, at| {
            if rows[at].is_empty() {
                row.leave_out(2);
            } else {
                write(row, rows[at]);
            }
        });
        assert_eq!(said.unwrap(), left_out.unwrap());
    }

    #[test]
    fn the_first_row_and_numbers_leave_out_nothing() {
        assert!(batch(&[("", "")], |row, _| _ = row.leave_out(2)).is_err(), "there is no row before");
        let number = |then: fn(&mut RowWriter)| {
            batch(&[("", ""); 3], move |row, at| match at {
                0 => _ = row.word("a").u8(1),
                1 => _ = row.leave_out(2),
                _ => then(row),
            })
        };
        assert!(number(|row| _ = row.word("b").u8(2)).is_err(), "a number is missing in the middle");
        assert!(number(|row| _ = row.leave_out(2)).is_err(), "and at the end");
        let short = batch(&[("", ""); 2], |row, at| {
            if at == 0 {
                row.word("a").word("b");
            } else {
                row.leave_out(1);
            }
        });
        assert!(short.is_err(), "a value is missing");
    }
}
