//! The cells of a `LowCardinality(String)`: every different text once, and its number per row.

use super::cells::length;
use std::collections::HashMap;

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
    /// A number per row.
    rows: Vec<u32>,
}

impl Default for Words {
    fn default() -> Self {
        Self {
            texts: Vec::new(),
            bounds: Vec::new(),
            numbers: HashMap::new(),
            recent: [0; RECENT],
            rows: Vec::new(),
        }
    }
}

impl Words {
    /// Adds a row.
    pub(super) fn push(&mut self, text: &str) {
        let place = place(text.as_bytes());
        let guess = self.recent[place];
        if self
            .bounds
            .get(guess as usize)
            .is_some_and(|(from, to)| &self.texts[*from..*to] == text.as_bytes())
        {
            self.rows.push(guess);
            return;
        }
        let number = match self.numbers.get(text) {
            Some(number) => *number,
            None => self.add(text),
        };
        self.recent[place] = number;
        self.rows.push(number);
    }

    fn add(&mut self, text: &str) -> u32 {
        // An insert has fewer than 500,000 rows.
        let number = self.bounds.len() as u32;
        length(&mut self.texts, text.len());
        let from = self.texts.len();
        self.texts.extend_from_slice(text.as_bytes());
        self.bounds.push((from, self.texts.len()));
        self.numbers.insert(text.into(), number);
        number
    }

    /// What stands in front of the column, before the lengths of an array.
    pub(super) fn prefix(out: &mut Vec<u8>) {
        out.extend_from_slice(&VERSION.to_le_bytes());
    }

    /// The numbers are as narrow as they can be. Nothing at all is written without rows: so the engine reads it.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        if self.rows.is_empty() {
            return;
        }
        let texts = self.bounds.len();
        let width: u64 = match texts {
            0..=0x100 => 0,
            0x101..=0x1_0000 => 1,
            _ => 2,
        };
        out.extend_from_slice(&(OWN_TEXTS | width).to_le_bytes());
        out.extend_from_slice(&(texts as u64).to_le_bytes());
        out.extend_from_slice(&self.texts);
        out.extend_from_slice(&(self.rows.len() as u64).to_le_bytes());
        match width {
            0 => out.extend(self.rows.iter().map(|number| *number as u8)),
            1 => out.extend(self.rows.iter().flat_map(|number| (*number as u16).to_le_bytes())),
            _ => out.extend(self.rows.iter().flat_map(|number| number.to_le_bytes())),
        }
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
