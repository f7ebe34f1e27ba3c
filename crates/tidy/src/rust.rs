//! Just enough of a Rust lexer: what is code, what is a string, what is test code.

use std::ops::Range;

/// A string literal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Literal {
    /// The line it starts on, from 1.
    pub(crate) line: usize,
    /// Byte offset of its opening quote.
    pub(crate) start: usize,
    /// What stands between the quotes, escapes as written.
    pub(crate) text: String,
}

/// A source file, taken apart.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    /// The text with comments and the insides of literals blanked; offsets and lines are those of the file.
    pub(crate) code: String,
    /// Its string literals.
    pub(crate) literals: Vec<Literal>,
}

impl Source {
    /// Takes a file apart.
    pub(crate) fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut code = bytes.to_vec();
        let mut literals = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            let (end, inside) = token(bytes, at);
            if let Some(inside) = inside {
                let blank = if bytes[at] == b'/' { at..end } else { inside.clone() };
                if bytes[at] != b'/' && bytes[at] != b'\'' {
                    let line = 1 + bytes[..at].iter().filter(|byte| **byte == b'\n').count();
                    literals.push(Literal { line, start: at, text: text[inside].to_owned() });
                }
                code[blank].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
            }
            at = end;
        }
        Self { code: String::from_utf8_lossy(&code).into_owned(), literals }
    }

    /// The line of a byte offset, from 1.
    pub(crate) fn line(&self, offset: usize) -> usize {
        1 + self.code.as_bytes()[..offset].iter().filter(|byte| **byte == b'\n').count()
    }

    /// The inline modules marked `#[cfg(test)]`.
    pub(crate) fn test_ranges(&self) -> Vec<Range<usize>> {
        let starts = self.code.match_indices("#[cfg(test)]").map(|(start, _)| start);
        starts.filter_map(|start| Some(start..block_end(&self.code, start)?)).collect()
    }

    /// Offsets at which `word` stands as a whole word.
    pub(crate) fn words(&self, word: &str) -> Vec<usize> {
        let bytes = self.code.as_bytes();
        let found = self.code.match_indices(word).map(|(at, _)| at);
        let whole = |at: &usize| {
            let before = at.checked_sub(1).is_some_and(|before| is_word(bytes[before]));
            let after = bytes.get(at + word.len()).is_some_and(|byte| is_word(*byte));
            !before && !after
        };
        found.filter(whole).collect()
    }
}

/// Part of an identifier?
pub(crate) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The ranges of a call's arguments; `open` is the offset after its opening parenthesis.
pub(crate) fn arguments(code: &str, open: usize) -> Vec<Range<usize>> {
    let mut arguments = Vec::new();
    let (mut depth, mut start) = (0_usize, open);
    for (offset, byte) in code.bytes().enumerate().skip(open) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' if depth == 0 => {
                arguments.push(start..offset);
                break;
            }
            b')' | b']' | b'}' => depth -= 1,
            b',' if depth == 0 => {
                arguments.push(start..offset);
                start = offset + 1;
            }
            _ => {}
        }
    }
    arguments
}

/// The end of the item after an attribute: its closing brace, or its `;`.
fn block_end(code: &str, start: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (offset, byte) in code.bytes().enumerate().skip(start) {
        match byte {
            b'{' => depth += 1,
            b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(offset + 1);
                }
            }
            b';' if depth == 0 => return Some(offset + 1),
            _ => {}
        }
    }
    None
}

/// The end of the token at `at`, and the inside of it if it is a comment or a literal.
fn token(bytes: &[u8], at: usize) -> (usize, Option<Range<usize>>) {
    let rest = &bytes[at..];
    if rest.starts_with(b"//") {
        let end = at + rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        return (end, Some(at..end));
    }
    if rest.starts_with(b"/*") {
        let end = comment_end(bytes, at);
        return (end, Some(at..end));
    }
    let fresh = at == 0 || !is_word(bytes[at - 1]);
    if fresh && let Some((open, hashes)) = raw_open(rest) {
        let close = [b"\"".as_slice(), &vec![b'#'; hashes]].concat();
        let inside = at + open;
        let length = bytes[inside..].windows(close.len()).position(|window| window == close);
        let end = length.map_or(bytes.len(), |length| inside + length);
        return ((end + close.len()).min(bytes.len()), Some(inside..end));
    }
    match rest[0] {
        b'"' => quoted(bytes, at, b'"'),
        b'\'' if is_char(rest) => quoted(bytes, at, b'\''),
        _ => (at + 1, None),
    }
}

/// Length of `r#"`, `br"`, … and its number of hashes.
fn raw_open(rest: &[u8]) -> Option<(usize, usize)> {
    let prefix = [b"r".as_slice(), b"br", b"cr"].into_iter().find(|prefix| rest.starts_with(prefix))?;
    let hashes = rest[prefix.len()..].iter().take_while(|byte| **byte == b'#').count();
    let quote = prefix.len() + hashes;
    (rest.get(quote) == Some(&b'"')).then_some((quote + 1, hashes))
}

/// A character literal, not a lifetime?
fn is_char(rest: &[u8]) -> bool {
    match rest.get(1) {
        Some(b'\\') => true,
        Some(byte) if byte.is_ascii() => rest.get(2) == Some(&b'\''),
        Some(_) => true,
        None => false,
    }
}

fn quoted(bytes: &[u8], at: usize, quote: u8) -> (usize, Option<Range<usize>>) {
    let mut end = at + 1;
    while end < bytes.len() && bytes[end] != quote {
        end += if bytes[end] == b'\\' { 2 } else { 1 };
    }
    let end = end.min(bytes.len());
    ((end + 1).min(bytes.len()), Some(at + 1..end))
}

fn comment_end(bytes: &[u8], at: usize) -> usize {
    let mut depth = 0_usize;
    let mut offset = at;
    while offset < bytes.len() {
        if bytes[offset..].starts_with(b"/*") {
            depth += 1;
            offset += 2;
        } else if bytes[offset..].starts_with(b"*/") {
            depth -= 1;
            offset += 2;
            if depth == 0 {
                return offset;
            }
        } else {
            offset += 1;
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_found_and_comments_and_characters_are_not() {
        let text = "let a = \"one\\\"two\"; // \"no\"\n/* \"no /* \"nested\" */ */ let q = '\"'; let l: &'static str = \
                    r#\"raw \"x\" here\"#;\nlet b = b\"bytes\";";
        let source = Source::new(text);
        let texts: Vec<(usize, &str)> =
            source.literals.iter().map(|literal| (literal.line, literal.text.as_str())).collect();
        assert_eq!(texts, [(1, "one\\\"two"), (2, "raw \"x\" here"), (3, "bytes")]);
        assert_eq!(source.code.len(), text.len());
        assert!(
            !source.code.contains("one") && !source.code.contains("no") && source.code.contains("'static")
        );
    }

    #[test]
    fn test_modules_are_found() {
        let source = Source::new("fn a() { \"x\" }\n#[cfg(test)]\nmod tests { fn b() { \"}\" } }\nfn c() {}");
        let ranges = source.test_ranges();
        assert_eq!(ranges.len(), 1);
        assert!(source.code[ranges[0].clone()].ends_with("} }"));
        assert_eq!(source.code[ranges[0].end..].trim(), "fn c() {}");
    }

    #[test]
    fn words_are_whole() {
        let source = Source::new("unsafe_code unsafe { } // unsafe\n\"unsafe\"");
        assert_eq!(source.words("unsafe"), [12]);
    }
}
