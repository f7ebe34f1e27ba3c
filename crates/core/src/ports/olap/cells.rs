//! One column's values in ClickHouse's `Native` form (<https://clickhouse.com/docs/interfaces/formats/Native>): as the
//! engine keeps them, so that it has nothing to take apart.

use super::words::Words;
use std::io::{Result, Write};

/// The types that rows are written in. A table's column may have another one that the engine converts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    U8,
    U16,
    U32,
    U64,
    I32,
    I64,
    Day,
    Time,
    Decimal,
    Uuid,
    Text,
    Word,
    NullableDecimal,
    Words,
    U32s,
    NullableDecimals,
    Map,
    Maps,
}

impl Type {
    /// ClickHouse's name.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::U8 => "UInt8",
            Self::U16 => "UInt16",
            Self::U32 => "UInt32",
            Self::U64 => "UInt64",
            Self::I32 => "Int32",
            Self::I64 => "Int64",
            Self::Day => "Date32",
            Self::Time => "DateTime64(3, 'UTC')",
            Self::Decimal => "Decimal(18, 4)",
            Self::Uuid => "UUID",
            Self::Text => "String",
            Self::Word => "LowCardinality(String)",
            Self::NullableDecimal => "Nullable(Decimal(18, 4))",
            Self::Words => "Array(LowCardinality(String))",
            Self::U32s => "Array(UInt32)",
            Self::NullableDecimals => "Array(Nullable(Decimal(18, 4)))",
            Self::Map => "Map(LowCardinality(String), String)",
            Self::Maps => "Array(Map(String, String))",
        }
    }

    /// A column without rows.
    pub(super) fn cells(self) -> Cells {
        let plain = || Cells::Plain(Vec::new());
        let words = || Cells::Words(Box::default());
        let nullable = || Cells::Nullable { nulls: Vec::new(), values: Vec::new() };
        let array = |cells| Cells::Array(Offsets::default(), Box::new(cells));
        let map = |keys| Cells::Map { offsets: Offsets::default(), keys: Box::new(keys), values: Vec::new() };
        match self {
            Self::Word => words(),
            Self::NullableDecimal => nullable(),
            Self::Words => array(words()),
            Self::U32s => array(plain()),
            Self::NullableDecimals => array(nullable()),
            Self::Map => map(words()),
            Self::Maps => array(map(plain())),
            _ => plain(),
        }
    }
}

/// Where each row's values end among all of a column's.
#[derive(Debug, Clone, Default)]
pub(super) struct Offsets {
    total: u64,
    ends: Vec<u8>,
}

impl Offsets {
    fn row(&mut self, values: u64) {
        self.total += values;
        self.empty(1);
    }

    /// Adds rows without values.
    fn empty(&mut self, rows: usize) {
        let end = self.total.to_le_bytes();
        (0..rows).for_each(|_| self.ends.extend_from_slice(&end));
    }

    /// With so many more rows without values.
    fn write(&self, out: &mut impl Write, empty: usize) -> Result<()> {
        out.write_all(&self.ends)?;
        let end = self.total.to_le_bytes();
        (0..empty).try_for_each(|_| out.write_all(&end))
    }
}

/// A row has no value in a column of numbers.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct LeftOut;

/// The values of a column so far. Each method adds one row of the shape that [`Type::cells`] made.
#[derive(Debug, Clone)]
pub(super) enum Cells {
    /// Numbers one after the other, or texts with their length in front.
    Plain(Vec<u8>),
    /// Texts that repeat.
    Words(Box<Words>),
    /// A flag per row, and a value per row, 0 where there is none.
    Nullable { nulls: Vec<u8>, values: Vec<u8> },
    /// Lists.
    Array(Offsets, Box<Cells>),
    /// Lists of pairs.
    Map { offsets: Offsets, keys: Box<Cells>, values: Vec<u8> },
}

impl Cells {
    pub(super) fn number<const WIDTH: usize>(&mut self, bytes: [u8; WIDTH]) {
        if let Self::Plain(values) = self {
            values.extend_from_slice(&bytes);
        }
    }

    pub(super) fn text(&mut self, value: &str) {
        match self {
            Self::Plain(values) => text(values, value),
            Self::Words(words) => words.push(value),
            _ => {}
        }
    }

    /// Adds rows that were left out: the text of the row before again, or empty lists. Numbers cannot be left out.
    pub(super) fn fill(&mut self, rows: usize) -> std::result::Result<(), LeftOut> {
        match self {
            Self::Words(words) => words.repeat(rows),
            Self::Array(offsets, _) | Self::Map { offsets, .. } => offsets.empty(rows),
            Self::Plain(_) | Self::Nullable { .. } => return Err(LeftOut),
        }
        Ok(())
    }

    pub(super) fn nullable_number(&mut self, value: Option<i64>) {
        if let Self::Nullable { nulls, values } = self {
            nulls.push(value.is_none().into());
            values.extend_from_slice(&value.unwrap_or_default().to_le_bytes());
        }
    }

    pub(super) fn list<T>(&mut self, values: impl IntoIterator<Item = T>, add: impl Fn(&mut Self, T)) {
        if let Self::Array(offsets, cells) = self {
            let mut count = 0;
            for value in values {
                add(cells, value);
                count += 1;
            }
            offsets.row(count);
        }
    }

    pub(super) fn map(&mut self, pairs: &[(String, String)]) {
        if let Self::Map { offsets, keys, values } = self {
            for (key, value) in pairs {
                keys.text(key);
                text(values, value);
            }
            offsets.row(pairs.len() as u64);
        }
    }

    /// What stands in front of the column: the dictionaries in it say their version.
    pub(super) fn write_prefix(&self, out: &mut impl Write) -> Result<()> {
        match self {
            Self::Plain(_) | Self::Nullable { .. } => Ok(()),
            Self::Words(_) => Words::prefix(out),
            Self::Array(_, cells) => cells.write_prefix(out),
            Self::Map { keys, .. } => keys.write_prefix(out),
        }
    }

    /// Whether [`Self::fill`] has nothing to add.
    pub(super) const fn fill_is_refused(&self) -> bool {
        matches!(self, Self::Plain(_) | Self::Nullable { .. })
    }

    /// As if [`Self::fill`] had added `left_out` rows.
    pub(super) fn write(&self, out: &mut impl Write, left_out: usize) -> Result<()> {
        match self {
            Self::Plain(values) => out.write_all(values),
            Self::Words(words) => words.write(out, left_out),
            Self::Nullable { nulls, values } => {
                out.write_all(nulls)?;
                out.write_all(values)
            }
            Self::Array(offsets, cells) => {
                offsets.write(out, left_out)?;
                cells.write(out, 0)
            }
            Self::Map { offsets, keys, values } => {
                offsets.write(out, left_out)?;
                keys.write(out, 0)?;
                out.write_all(values)
            }
        }
    }
}

/// A text with its length in front.
pub(super) fn text(out: &mut Vec<u8>, value: &str) {
    length(out, value.len());
    out.extend_from_slice(value.as_bytes());
}

/// LEB128.
pub(super) fn length(out: &mut Vec<u8>, mut value: usize) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}
