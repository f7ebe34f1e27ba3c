//! The cells of a `LowCardinality(String)`: every different text once, and its number per row.

use super::cells::length;
use std::collections::HashMap;
use std::io::{Result, Write};

/// The only version of a dictionary that is written into a stream: the block brings its own texts.
const VERSION: u64 = 1;
/// The block brings texts, and they are all there are.
const OWN_TEXTS: u64 = 1 << 9 | 1 << 10;
/// Places in `recent`; few columns have more different texts than that in one batch.
const RECENT: usize = 256;

/// Texts that repeat.
#[derive(Debug, Clone)]
pub(super) struct Words {
    /// The different texts, in the order of their first row.
    texts: Vec<u8>,
    /// Where each begins and ends in `texts`.
    bounds: Vec<(usize, usize)>,
    numbers: HashMap<Box<str>, u32>,
    /// Numbers that were met under a cheap hash: most rows repeat one of them, and the map with its hash that cannot be
    /// played with from outside is not asked. A wrong guess costs one comparison.
    recent: [u32; RECENT],
    /// The row before: its number, and where its text lies. Many rows say what the one before said.
    last: Option<(u32, (usize, usize))>,
    /// The number of the empty text: many columns say nothing in most rows.
    empty: Option<u32>,
    rows: Numbers,
}

impl Default for Words {
    fn default() -> Self {
        Self {
            texts: Vec::new(),
            bounds: Vec::new(),
            numbers: HashMap::new(),
            recent: [0; RECENT],
            last: None,
            empty: None,
            rows: Numbers::U8(Vec::new()),
        }
    }
}

impl Words {
    /// Adds a row.
    pub(super) fn push(&mut self, text: &str) {
        let number = match (self.last, self.empty) {
            (_, Some(number)) if text.is_empty() => number,
            (Some((number, (from, to))), _) if &self.texts[from..to] == text.as_bytes() => number,
            _ => self.find(text),
        };
        self.push_number(number);
    }

    /// Adds rows that say what the one before says.
    pub(super) fn repeat(&mut self, count: usize) {
        if let Some((number, _)) = self.last {
            self.rows.repeat(number, count);
        }
    }

    fn push_number(&mut self, number: u32) {
        self.last = self.bounds.get(number as usize).map(|bounds| (number, *bounds));
        self.rows.push(number);
    }

    fn find(&mut self, text: &str) -> u32 {
        let place = place(text.as_bytes());
        let guess = self.recent[place];
        if self
            .bounds
            .get(guess as usize)
            .is_some_and(|(from, to)| &self.texts[*from..*to] == text.as_bytes())
        {
            return guess;
        }
        let number = match self.numbers.get(text) {
            Some(number) => *number,
            None => self.add(text),
        };
        self.recent[place] = number;
        number
    }

    fn add(&mut self, text: &str) -> u32 {
        // An insert has fewer than 500,000 rows.
        let number = self.bounds.len() as u32;
        length(&mut self.texts, text.len());
        let from = self.texts.len();
        self.texts.extend_from_slice(text.as_bytes());
        self.bounds.push((from, self.texts.len()));
        self.numbers.insert(text.into(), number);
        if text.is_empty() {
            self.empty = Some(number);
        }
        number
    }

    /// What stands in front of the column, before the lengths of an array.
    pub(super) fn prefix(out: &mut impl Write) -> Result<()> {
        out.write_all(&VERSION.to_le_bytes())
    }

    /// The numbers are as narrow as they can be. `repeated` more rows say what the last one says. Nothing at all is written
    /// without rows: so the engine reads it.
    pub(super) fn write(&self, out: &mut impl Write, repeated: usize) -> Result<()> {
        let Some((last, _)) = self.last else { return Ok(()) };
        out.write_all(&(OWN_TEXTS | self.rows.width()).to_le_bytes())?;
        out.write_all(&(self.bounds.len() as u64).to_le_bytes())?;
        out.write_all(&self.texts)?;
        self.rows.write(out, last, repeated)
    }
}

/// A number per row, all as narrow as the largest: most columns have few different texts, and all columns of a batch
/// together are more than a core keeps near.
#[derive(Debug, Clone)]
enum Numbers {
    U8(Vec<u8>),
    U16(Vec<u16>),
    U32(Vec<u32>),
}

impl Numbers {
    fn push(&mut self, number: u32) {
        match self {
            Self::U8(rows) if number <= 0xff => rows.push(number as u8),
            Self::U16(rows) if number <= 0xffff => rows.push(number as u16),
            Self::U32(rows) => rows.push(number),
            Self::U8(_) | Self::U16(_) => {
                self.widen();
                self.push(number);
            }
        }
    }

    /// Adds a number `count` times that is among them.
    fn repeat(&mut self, number: u32, count: usize) {
        match self {
            Self::U8(rows) => rows.resize(rows.len() + count, number as u8),
            Self::U16(rows) => rows.resize(rows.len() + count, number as u16),
            Self::U32(rows) => rows.resize(rows.len() + count, number),
        }
    }

    fn widen(&mut self) {
        *self = match self {
            Self::U8(rows) => Self::U16(rows.iter().map(|number| (*number).into()).collect()),
            Self::U16(rows) => Self::U32(rows.iter().map(|number| (*number).into()).collect()),
            Self::U32(_) => return,
        };
    }

    /// As the format says it.
    const fn width(&self) -> u64 {
        match self {
            Self::U8(_) => 0,
            Self::U16(_) => 1,
            Self::U32(_) => 2,
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::U8(rows) => rows.len(),
            Self::U16(rows) => rows.len(),
            Self::U32(rows) => rows.len(),
        }
    }

    /// With `last` `repeated` times behind them.
    fn write(&self, out: &mut impl Write, last: u32, repeated: usize) -> Result<()> {
        out.write_all(&((self.len() + repeated) as u64).to_le_bytes())?;
        match self {
            Self::U8(rows) => out.write_all(rows)?,
            Self::U16(rows) => rows.iter().try_for_each(|number| out.write_all(&number.to_le_bytes()))?,
            Self::U32(rows) => rows.iter().try_for_each(|number| out.write_all(&number.to_le_bytes()))?,
        }
        let last = last.to_le_bytes();
        (0..repeated).try_for_each(|_| out.write_all(&last[..1 << self.width()]))
    }
}

/// A cheap hash of the length and the end: addresses differ there, not at their front.
fn place(text: &[u8]) -> usize {
    let mut end = [0; 8];
    let kept = text.len().min(end.len());
    end[..kept].copy_from_slice(&text[text.len() - kept..]);
    let mixed = (u64::from_le_bytes(end) ^ text.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 56) as usize
}
