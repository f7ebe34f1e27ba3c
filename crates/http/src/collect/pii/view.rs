//! A text as a reader understands it: percent-encoding and character references resolved, digits of every script as
//! `0`–`9`, full-width letters as ASCII, invisible characters left out. Every byte knows where it stands in the text.

use std::borrow::Cow;

/// A letter outside ASCII.
pub(super) const LETTER: u8 = 0x80;
/// Any other character outside ASCII.
const OTHER: u8 = 0x01;
/// `%2540` is `%40` is `@`: an address inside an address inside a link. Nobody encodes deeper by accident.
const DEEPEST: usize = 5;
/// The longest character reference that is read, `&commat;`, and some.
const LONGEST_REFERENCE: usize = 10;

/// Where something begins and ends in the text.
type Place = (usize, usize);

/// The understood text.
pub(super) struct View<'a> {
    bytes: Cow<'a, [u8]>,
    /// The place of each byte; `None`: its own.
    places: Option<Vec<Place>>,
}

impl<'a> View<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        if is_encoded(text) {
            return Self::resolved(text);
        }
        if text.is_ascii() {
            return Self { bytes: Cow::Borrowed(text.as_bytes()), places: None };
        }
        Self::folded(text.as_bytes(), |at| (at, at + 1))
    }

    /// With all encodings resolved, if there are any.
    pub(super) fn resolved(text: &str) -> Self {
        let mut bytes = text.as_bytes().to_vec();
        let mut places: Vec<Place> = (0..bytes.len()).map(|at| (at, at + 1)).collect();
        for _ in 0..DEEPEST {
            if !resolve(&mut bytes, &mut places) {
                break;
            }
        }
        Self::folded(&bytes, |at| places[at])
    }

    /// Every character beyond ASCII becomes one byte, or none.
    fn folded(bytes: &[u8], place: impl Fn(usize) -> Place) -> Self {
        let (mut seen, mut places) = (Vec::with_capacity(bytes.len()), Vec::with_capacity(bytes.len()));
        let mut at = 0;
        for chunk in bytes.utf8_chunks() {
            for character in chunk.valid().chars() {
                let next = at + character.len_utf8();
                if let Some(byte) = folded(character) {
                    seen.push(byte);
                    places.push((place(at).0, place(next - 1).1));
                }
                at = next;
            }
            for _ in chunk.invalid() {
                seen.push(OTHER);
                places.push(place(at));
                at += 1;
            }
        }
        Self { bytes: Cow::Owned(seen), places: Some(places) }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Where the bytes from `start` to before `end` stand in the text.
    pub(super) fn place(&self, start: usize, end: usize) -> Place {
        match &self.places {
            Some(places) => (places[start].0, places[end - 1].1),
            None => (start, end),
        }
    }
}

/// Is there an encoding in it that a reader resolves?
pub(super) fn is_encoded(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().enumerate().any(|(at, byte)| matches!(byte, b'%' | b'&') && encoded(&bytes[at..]).is_some())
}

/// May a character beyond ASCII be read as a digit or an `@`?
pub(super) fn stands_for_ascii(character: char) -> bool {
    !character.is_ascii() && matches!(folded(character), Some(b'@' | b'0'..=b'9'))
}

/// Resolves one level of percent-encoding and character references in place; true if there was any.
fn resolve(bytes: &mut Vec<u8>, places: &mut Vec<Place>) -> bool {
    let (mut read, mut write) = (0, 0);
    while read < bytes.len() {
        let (byte, length) = encoded(&bytes[read..]).unwrap_or((bytes[read], 1));
        bytes[write] = byte;
        places[write] = (places[read].0, places[read + length - 1].1);
        read += length;
        write += 1;
    }
    let resolved = write < bytes.len();
    bytes.truncate(write);
    places.truncate(write);
    resolved
}

/// What the encoding stands for with which the bytes begin, and how long it is.
fn encoded(bytes: &[u8]) -> Option<(u8, usize)> {
    match bytes.first()? {
        b'%' => Some((percent(bytes)?, 3)),
        b'&' => reference(bytes),
        _ => None,
    }
}

fn percent(bytes: &[u8]) -> Option<u8> {
    let digit = |at: usize| char::from(*bytes.get(at)?).to_digit(16);
    u8::try_from(digit(1)? * 16 + digit(2)?).ok()
}

/// `&#64;`, `&#x40;`, `&commat;`, `&nbsp;`: what an ASCII character can be written as in HTML.
fn reference(bytes: &[u8]) -> Option<(u8, usize)> {
    let end = bytes.iter().take(LONGEST_REFERENCE).position(|byte| *byte == b';')?;
    let name = std::str::from_utf8(&bytes[1..end]).ok()?;
    let byte = match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u8::from_str_radix(hex, 16),
                None => number.parse(),
            };
            code.ok().filter(u8::is_ascii)?
        }
        None => NAMED.iter().find(|(known, _)| name.eq_ignore_ascii_case(known))?.1,
    };
    Some((byte, end + 1))
}

const NAMED: [(&str, u8); 4] = [("commat", b'@'), ("period", b'.'), ("plus", b'+'), ("nbsp", b' ')];

fn folded(character: char) -> Option<u8> {
    Some(match character {
        '\0'..='\x7f' => character as u8,
        // Soft hyphen, zero-width characters, marks of direction, joiners, byte order mark.
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' => return None,
        '\u{ff01}'..='\u{ff5e}' => (character as u32 - 0xff01) as u8 + b'!',
        '\u{fe6b}' => b'@',
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{30fc}' => b'-',
        '\u{b7}' | '\u{2022}' | '\u{2027}' | '\u{2024}' | '\u{3002}' | '\u{ff61}' => b'.',
        '\u{2044}' | '\u{2215}' => b'/',
        _ if character.is_whitespace() => b' ',
        _ => match digit(character as u32) {
            Some(digit) => b'0' + digit,
            None if character.is_alphabetic() => LETTER,
            None => OTHER,
        },
    })
}

/// Where the ten decimal digits of a script begin (Unicode 16, general category Nd).
const ZEROS: [u32; 42] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0,
    0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50,
    0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0x104a0, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec,
    0x1d7f6, 0x1fbf0,
];

fn digit(character: u32) -> Option<u8> {
    let after = ZEROS.partition_point(|zero| *zero <= character);
    let value = character - ZEROS.get(after.checked_sub(1)?)?;
    u8::try_from(value).ok().filter(|value| *value < 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        String::from_utf8_lossy(View::new(text).bytes()).into_owned()
    }

    #[test]
    fn what_a_reader_sees() {
        for (text, seen) in [
            ("plain", "plain"),
            ("a%40b%2540c%25252540d%252525252540e", "a@b@c@d%40e"),
            ("50%off %zz %4", "50%off %zz %4"),
            ("a&#64;b&#x40;c&commat;d &amp; e", "a@b@c@d &amp; e"),
            ("０１２＠ ٠١٢ ۳۴ १२ 𝟗", "012@ 012 34 12 9"),
            ("1\u{200b}2\u{ad}3\u{a0}4–5·6", "123 4-5.6"),
            ("%EF%BC%A0%D9%A1", "@1"),
        ] {
            assert_eq!(read(text), seen, "{text}");
        }
    }

    #[test]
    fn every_byte_knows_its_place() {
        let text = "ü x%2540\u{200b}y";
        let view = View::new(text);
        let at = view.bytes().iter().position(|byte| *byte == b'@').unwrap();
        let (from, to) = view.place(at - 1, at + 2);
        assert_eq!(&text[from..to], "x%2540\u{200b}y");
    }

    #[test]
    fn broken_encodings_are_read_as_something() {
        for text in ["%ff%fe", "%C3", "%", "%%%", "&#", "&#999;", "&#xzz;"] {
            assert!(!read(text).is_empty(), "{text}");
        }
        let view = View::new("%ff1");
        assert_eq!(view.place(0, 2), (0, 4));
    }
}
