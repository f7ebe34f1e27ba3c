//! Bank accounts: IBAN (ISO 13616): a country, two check digits and an account of that country's length, which
//! together are 1 modulo 97. No honest word of a shop passes all three.

use super::view::LETTER;
use std::ops::Range;

/// Countries and the lengths of their IBANs (SWIFT IBAN Registry, release 99).
const LENGTHS: &str = "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 \
    DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 \
    JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 \
    PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 \
    VA22 VG24 XK20 YE30";

/// Finds accounts.
pub(super) fn find(view: &[u8], found: &mut Vec<Range<usize>>) {
    let mut from = 0;
    while from + 15 <= view.len() {
        // Asked first: it is hardly ever so.
        let begins = view[from + 2].is_ascii_digit() && (from == 0 || !is_word(view[from - 1]));
        match begins.then(|| account(&view[from..])).flatten() {
            Some(length) => {
                found.push(from..from + length);
                from += length;
            }
            None => from += 1,
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == LETTER
}

/// How long the account that begins here is, separators included.
fn account(view: &[u8]) -> Option<usize> {
    let [first, second, third, fourth, ..] = view else { return None };
    if !(first.is_ascii_alphabetic()
        && second.is_ascii_alphabetic()
        && third.is_ascii_digit()
        && fourth.is_ascii_digit())
    {
        return None;
    }
    let length = length([first.to_ascii_uppercase(), second.to_ascii_uppercase()])?;
    let (mut written, mut gap) = (Vec::with_capacity(length), 0);
    let mut end = 0;
    for (at, byte) in view.iter().enumerate() {
        match byte {
            _ if written.len() == length => break,
            byte if byte.is_ascii_alphanumeric() => {
                written.push(byte.to_ascii_uppercase());
                (end, gap) = (at + 1, 0);
            }
            b' ' | b'-' | b'.' | b'/' | b'+' | b'_' if gap < 3 => gap += 1,
            _ => return None,
        }
    }
    let ends = view.get(end).is_none_or(|byte| !is_word(*byte));
    (written.len() == length && ends && remainder(&written) == 1).then_some(end)
}

fn length(country: [u8; 2]) -> Option<usize> {
    let entry = LENGTHS.split(' ').find(|entry| entry.as_bytes()[..2] == country)?;
    entry[2..].parse().ok()
}

/// ISO 7064, MOD 97-10, with the first four characters moved to the end and letters as 10 to 35.
fn remainder(written: &[u8]) -> u32 {
    let moved = written[4..].iter().chain(&written[..4]);
    moved.fold(0, |rest, byte| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        _ => (rest * 100 + u32::from(byte - b'A') + 10) % 97,
    })
}
