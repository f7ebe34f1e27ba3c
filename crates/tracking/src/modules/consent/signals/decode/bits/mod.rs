//! Bits of a text in URL-safe base64, read in place: six to a character, the highest first.

use super::NotUnderstood;

/// A position in a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bits<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Bits<'a> {
    pub(super) fn new(text: &'a str) -> Result<Self, NotUnderstood> {
        let text = text.as_bytes();
        let valid = text.iter().all(|letter| sextet(*letter).is_some());
        if valid { Ok(Self { text, at: 0 }) } else { Err(NotUnderstood::Characters) }
    }

    pub(super) fn flag(&mut self) -> Result<bool, NotUnderstood> {
        let value =
            self.text.get(self.at / 6).and_then(|letter| sextet(*letter)).ok_or(NotUnderstood::Short)?;
        let bit = value >> (5 - self.at % 6) & 1;
        self.at += 1;
        Ok(bit == 1)
    }

    /// A number of up to 64 bits.
    pub(super) fn take(&mut self, bits: usize) -> Result<u64, NotUnderstood> {
        (0..bits).try_fold(0, |number, _| Ok(number << 1 | u64::from(self.flag()?)))
    }

    pub(super) fn skip(&mut self, bits: usize) -> Result<(), NotUnderstood> {
        self.at += bits;
        if self.at <= self.text.len() * 6 { Ok(()) } else { Err(NotUnderstood::Short) }
    }

    /// A number as a sum of Fibonacci numbers, the smallest first; it ends with two ones.
    pub(super) fn fibonacci(&mut self) -> Result<u64, NotUnderstood> {
        let (mut sum, mut this, mut next, mut last) = (0_u64, 1_u64, 2_u64, false);
        loop {
            let bit = self.flag()?;
            if bit && last {
                return Ok(sum);
            }
            if bit {
                sum = sum.checked_add(this).ok_or(NotUnderstood::Value)?;
            }
            (this, next) = (next, this.checked_add(next).ok_or(NotUnderstood::Value)?);
            last = bit;
        }
    }
}

const fn sextet(letter: u8) -> Option<u8> {
    match letter {
        b'A'..=b'Z' => Some(letter - b'A'),
        b'a'..=b'z' => Some(letter - b'a' + 26),
        b'0'..=b'9' => Some(letter - b'0' + 52),
        b'-' => Some(62),
        b'_' => Some(63),
        _ => None,
    }
}
