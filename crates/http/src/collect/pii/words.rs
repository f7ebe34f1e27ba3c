//! A quick no to what is not among some known words.

/// Longer than any known word.
const LENGTHS: usize = 16;

/// With which letters known words begin and end, by their length; a bit for each letter.
#[derive(Debug)]
pub(super) struct Words {
    first: [u32; LENGTHS],
    last: [u32; LENGTHS],
}

impl Words {
    /// No words.
    pub(super) const fn none() -> Self {
        Self { first: [0; LENGTHS], last: [0; LENGTHS] }
    }

    /// These too.
    pub(super) const fn and(mut self, words: &[&str]) -> Self {
        let mut at = 0;
        while at < words.len() {
            let word = words[at].as_bytes();
            self.first[word.len()] |= letter(word[0]);
            self.last[word.len()] |= letter(word[word.len() - 1]);
            at += 1;
        }
        self
    }

    /// Never false for one of them, in capitals or not; seldom true for others.
    pub(super) fn may_hold(&self, word: &str) -> bool {
        let ([first, ..], [.., last]) = (word.as_bytes(), word.as_bytes()) else { return false };
        word.len() < LENGTHS
            && self.first[word.len()] & letter(*first) != 0
            && self.last[word.len()] & letter(*last) != 0
    }
}

/// The same bit for both cases of a letter.
const fn letter(byte: u8) -> u32 {
    1 << (byte & 31)
}
