//! The first look at a text: one pass over its bytes, without a branch for each. Nearly every text ends here.
//!
//! Personal data needs an `@`, or six digits (fewer nobody can be called by), or something that stands for them: an
//! encoding, or a character of a script that has digits of its own. A bank account can do with two digits, but is
//! looked for only where there is one of those.

use super::number::FEWEST_DIGITS;
use super::view;

/// An account's country is followed by two.
const FEWEST_DIGITS_OF_ACCOUNT: usize = 2;

const DIGIT: u8 = 1;
/// `@`
const AT: u8 = 2;
/// `%` and `&`, with which encodings begin.
const ENCODING: u8 = 4;
/// The first byte of characters that can be digits, an `@` or letters of ASCII in another writing.
const SCRIPT: u8 = 8;
/// `:` of an address, `{` and `[` of a structure.
const STRUCTURE: u8 = 16;

const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = b'0';
    while byte <= b'9' {
        classes[byte as usize] = DIGIT;
        byte += 1;
    }
    classes[b'@' as usize] = AT;
    classes[b'%' as usize] = ENCODING;
    classes[b'&' as usize] = ENCODING;
    classes[b':' as usize] = STRUCTURE;
    classes[b'{' as usize] = STRUCTURE;
    classes[b'[' as usize] = STRUCTURE;
    // Arabic (D9, DB), N'Ko (DF), Indic and South-East Asian (E0, E1), Vai and others (EA), full-width (EF),
    // mathematical (F0).
    let scripts: [u8; 8] = [0xd9, 0xdb, 0xdf, 0xe0, 0xe1, 0xea, 0xef, 0xf0];
    let mut at = 0;
    while at < scripts.len() {
        classes[scripts[at] as usize] = SCRIPT;
        at += 1;
    }
    classes
};

/// What the bytes of a text say of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Glance {
    digits: usize,
    /// The classes of all bytes together.
    seen: u8,
}

impl Glance {
    pub(super) fn at(text: &str) -> Self {
        let (mut digits, mut seen) = (0, 0);
        for byte in text.bytes() {
            let class = CLASSES[usize::from(byte)];
            digits += usize::from(class & DIGIT);
            seen |= class;
        }
        Self { digits, seen }
    }

    /// May the text, the one that was looked at, be an address or a structure?
    pub(super) fn may_be_structured(self) -> bool {
        self.seen & STRUCTURE != 0
    }

    /// May there be something personal in the text, the one that was looked at?
    pub(super) fn may_be_personal(self, text: &str) -> bool {
        if self.seen & AT != 0 || self.digits >= FEWEST_DIGITS {
            return true;
        }
        // `Linen & Wool`, `20 % off`, an emoji: most of what can stand for something else stands for itself.
        let many = self.digits >= FEWEST_DIGITS_OF_ACCOUNT;
        self.seen & ENCODING != 0 && view::is_encoded(text)
            || self.seen & SCRIPT != 0 && (many || text.chars().any(view::stands_for_ascii))
    }
}
