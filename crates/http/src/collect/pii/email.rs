//! E-mail addresses: `local@domain.tld` (RFC 5321, RFC 6531), also with a domain in other letters, an address literal
//! or a quoted local part.
//!
//! Honest: an `@` without a domain behind it (`2 @ 9.99`, `@home`), a version (`react@19.1.0`), a picture for dense
//! screens (`logo@2x.png`).

use super::view::LETTER;
use std::ops::Range;

/// Endings of pictures, whose names say `@2x`.
const PICTURES: [&[u8]; 7] = [b"png", b"jpg", b"jpeg", b"webp", b"avif", b"svg", b"gif"];

/// Longest domain (RFC 1035), with room for letters of two bytes.
const MAX_DOMAIN: usize = 512;

/// Finds addresses.
pub(super) fn find(view: &[u8], found: &mut Vec<Range<usize>>) {
    let mut from = 0;
    while let Some(at) = view[from..].iter().position(|byte| *byte == b'@').map(|at| from + at) {
        from = at + 1;
        let start = local(&view[..at]);
        let end = domain(&view[at + 1..]).map(|length| at + 1 + length);
        if let (Some(start), Some(end)) = (start, end) {
            found.push(start..end);
            from = end;
        }
    }
}

/// Where the local part begins.
fn local(before: &[u8]) -> Option<usize> {
    if let Some(quoted) = before.strip_suffix(b"\"") {
        return quoted.iter().rposition(|byte| *byte == b'"');
    }
    let taken =
        |byte: &u8| byte.is_ascii_alphanumeric() || *byte == LETTER || b"._%+-!$'*^`{|}~".contains(byte);
    let start = before.len() - before.iter().rev().take_while(|byte| taken(byte)).count();
    (start < before.len()).then_some(start)
}

/// How long the domain is.
fn domain(after: &[u8]) -> Option<usize> {
    if after.first() == Some(&b'[') {
        let end = after.iter().take(50).position(|byte| *byte == b']')?;
        return after[1..end].iter().any(|byte| matches!(byte, b'.' | b':')).then_some(end + 1);
    }
    let part =
        |byte: &u8| byte.is_ascii_alphanumeric() || *byte == LETTER || matches!(byte, b'-' | b'_' | b'.');
    let mut name = &after[..after.iter().take(MAX_DOMAIN).take_while(|byte| part(byte)).count()];
    // `a@b.example.` at the end of a sentence, `a@b.example.2` in a list.
    loop {
        let dot = name.iter().rposition(|byte| *byte == b'.')?;
        let last = &name[dot + 1..];
        if is_top(last) || is_address(name) {
            let first = &name[..dot];
            let plausible = first.iter().any(|byte| *byte != b'.') && !is_picture(first, last);
            return plausible.then_some(name.len());
        }
        name = &name[..dot];
    }
}

fn is_top(label: &[u8]) -> bool {
    let letters = label.iter().all(|byte| byte.is_ascii_alphabetic() || *byte == LETTER);
    label.len() >= 2 && letters || label.len() > 4 && label[..4].eq_ignore_ascii_case(b"xn--")
}

fn is_address(name: &[u8]) -> bool {
    std::str::from_utf8(name).is_ok_and(|name| name.parse::<std::net::Ipv4Addr>().is_ok())
}

fn is_picture(first: &[u8], last: &[u8]) -> bool {
    matches!(first, [b'1'..=b'4', b'x' | b'X', ..])
        && PICTURES.iter().any(|ending| last.eq_ignore_ascii_case(ending))
}
