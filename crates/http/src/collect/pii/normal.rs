//! Addresses in their normal form (<https://url.spec.whatwg.org/>), without fragment, user and password.
//!
//! Browsers send them that way. What plainly is in that form is taken as it stands; everything else is left to the
//! `url` crate, which reads whatever a browser would.

use std::borrow::Cow;
use url::{Position, Url};

/// An address with a host.
pub(super) struct Address<'a> {
    text: Cow<'a, str>,
    /// Where its path begins.
    path: usize,
    /// Where its path ends.
    query: usize,
}

impl<'a> Address<'a> {
    /// Any address with a host.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        Self::as_it_stands(text).or_else(|| Self::normalised(text))
    }

    /// One that nothing has to be done to but to cut off its fragment: it has no user and no password.
    pub(super) fn as_it_stands(text: &'a str) -> Option<Self> {
        let begin = ["https://", "http://"].iter().find(|scheme| text.starts_with(**scheme))?.len();
        let bytes = text.as_bytes();
        let path = begin + host(&bytes[begin..])?;
        let query = path + self::path(&bytes[path..])?;
        let end = query + self::query(&bytes[query..])?;
        Some(Self { text: Cow::Borrowed(&text[..end]), path, query })
    }

    fn normalised(text: &str) -> Option<Self> {
        let mut url = Url::parse(text).ok().filter(Url::has_host)?;
        url.set_fragment(None);
        // A URL with a host takes any credentials, also none.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        let (path, query) = (url[..Position::BeforePath].len(), url[..Position::AfterPath].len());
        Some(Self { text: Cow::Owned(url.into()), path, query })
    }

    /// Is it one of a web page?
    pub(super) fn is_web(&self) -> bool {
        self.text.starts_with("https://") || self.text.starts_with("http://")
    }

    /// Everything before the path.
    pub(super) fn origin(&self) -> &str {
        &self.text[..self.path]
    }

    pub(super) fn path(&self) -> &str {
        &self.text[self.path..self.query]
    }

    /// What stands behind the `?`.
    pub(super) fn query(&self) -> Option<&str> {
        self.text[self.query..].strip_prefix('?')
    }
}

/// How long the host is before a path: names of small letters, digits and hyphens. The last begins with a letter, or
/// it could be an IPv4 address in one of its many writings; `xn--` would have to be a right one.
fn host(bytes: &[u8]) -> Option<usize> {
    let (mut last, mut at) = (0, 0);
    loop {
        at += ordinary(&bytes[at..], &HOST);
        let begins = at == last;
        match bytes.get(at)? {
            b'-' if !begins && bytes[at - 1] != b'-' => {}
            b'.' if !begins => last = at + 1,
            b'/' if !begins && bytes[last].is_ascii_lowercase() => return Some(at),
            _ => return None,
        }
        at += 1;
    }
}

/// How many bytes the table takes, up to the first that it does not. Nearly all are ordinary: one look each.
fn ordinary(bytes: &[u8], table: &[bool; 256]) -> usize {
    bytes.iter().position(|byte| !table[usize::from(*byte)]).unwrap_or(bytes.len())
}

/// How long the path is: characters that stand for themselves (RFC 3986, `pchar`), and no segment that could be `.`
/// or `..`, also as `%2e`.
fn path(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += ordinary(&bytes[at..], &PATH);
        match bytes.get(at) {
            None | Some(b'?' | b'#') => return Some(at),
            Some(b'.' | b'%') if at == 0 || bytes[at - 1] != b'/' => at += 1,
            Some(_) => return None,
        }
    }
}

/// How long the query is, `?` included: up to the fragment, and without blanks, which would be cut off at the end, or
/// line breaks, which would be left out. How the others are written does not matter to those who read the parameters.
fn query(bytes: &[u8]) -> Option<usize> {
    let ends = |byte: &u8| *byte == b'#' || *byte <= b' ';
    let length = bytes.iter().position(ends).unwrap_or(bytes.len());
    matches!(bytes.get(length), None | Some(b'#')).then_some(length)
}

/// What never ends a path and never makes it another one; `.` and `%` may.
const PATH: [bool; 256] = letters_and(b"/-_~!$&'()*+,;=:@");

/// What stands for itself in a host wherever it stands.
const HOST: [bool; 256] = {
    let (mut table, mut byte) = (letters_and(b""), b'A');
    while byte <= b'Z' {
        table[byte as usize] = false;
        byte += 1;
    }
    table
};

/// True for ASCII's letters and digits, and for the others.
pub(super) const fn letters_and(others: &[u8]) -> [bool; 256] {
    let (mut table, mut at) = ([false; 256], 0);
    while at < others.len() {
        table[others[at] as usize] = true;
        at += 1;
    }
    let mut byte = 0_u8;
    while byte.is_ascii() {
        table[byte as usize] |= byte.is_ascii_alphanumeric();
        byte += 1;
    }
    table
}
