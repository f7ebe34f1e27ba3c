//! Payment cards: 13 to 19 digits of an issuer, right by Luhn's check digit (ISO/IEC 7812-1), in one piece or in groups.
//!
//! A number on a product is a neighbour: GTIN-8, -12, -13 and -14, ISBN-13 and SSCC end in GS1's check digit, and a
//! tenth of them pass Luhn's test by chance. In one piece:
//! * **13 digits** that pass GS1's test are an EAN: cards of 13 digits are no longer issued, and Germany's and Japan's
//!   EANs begin with 4 like they did.
//! * **14 digits** of an issuer (Diners Club) that pass Luhn's test are a card, also where they pass GS1's: outer
//!   cartons are not sold one by one.
//! * **17 and 18 digits** that pass GS1's test are a shipment or a pallet.
//! * **16 and 19 digits** have no such neighbour.

use super::number::Number;

/// The issuer's first digits, from and to, and the lengths of its cards.
const ISSUERS: [(&str, &str, &[usize]); 25] = [
    ("2200", "2205", &[16, 17, 18, 19]),
    ("2221", "2720", &[16]),
    ("300", "305", &[14, 16, 19]),
    ("3095", "3095", &[14, 16, 19]),
    ("34", "34", &[15]),
    ("3528", "3589", &[16, 17, 18, 19]),
    ("36", "36", &[14, 16, 19]),
    ("37", "37", &[15]),
    ("38", "39", &[14, 16, 19]),
    ("4", "4", &[13, 16, 19]),
    ("5018", "5018", &[16, 17, 18, 19]),
    ("5020", "5020", &[16, 17, 18, 19]),
    ("5038", "5038", &[16, 17, 18, 19]),
    ("508", "508", &[16]),
    ("51", "55", &[16]),
    ("5893", "5893", &[16, 17, 18, 19]),
    ("6011", "6011", &[16, 17, 18, 19]),
    ("60", "60", &[16]),
    ("62", "62", &[16, 17, 18, 19]),
    ("6304", "6304", &[16, 17, 18, 19]),
    ("6390", "6390", &[16, 17, 18, 19]),
    ("644", "659", &[16, 17, 18, 19]),
    ("6759", "6763", &[16, 17, 18, 19]),
    ("67", "67", &[16, 18, 19]),
    ("81", "82", &[16]),
];

/// Is it a card? `digits` are 13 to 19.
pub(super) fn is_card(number: &Number<'_>) -> bool {
    let digits = &number.digits;
    issued(digits) && luhn(digits) && groups(number.groups) && !(number.groups.len() == 1 && product(digits))
}

fn issued(digits: &[u8]) -> bool {
    ISSUERS.iter().any(|(from, to, lengths)| {
        let first = &digits[..from.len()];
        lengths.contains(&digits.len()) && from.as_bytes() <= first && first <= to.as_bytes()
    })
}

/// In one piece, or in pieces as people write them: not one digit here and two there.
fn groups(groups: &[super::number::Group]) -> bool {
    let last = groups.len() - 1;
    let sound = |(at, group): (usize, &super::number::Group)| group.len() >= if at == last { 1 } else { 3 };
    groups.len() <= 6 && groups.iter().enumerate().all(sound)
}

fn product(digits: &[u8]) -> bool {
    matches!(digits.len(), 13 | 17 | 18) && gs1(digits)
}

/// Luhn's check digit.
fn luhn(digits: &[u8]) -> bool {
    let doubled = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let value = |(at, byte): (usize, &u8)| {
        let digit = u32::from(byte - b'0');
        if at % 2 == 1 { doubled(digit) } else { digit }
    };
    digits.iter().rev().enumerate().map(value).sum::<u32>().is_multiple_of(10)
}

/// GS1's check digit: EAN, UPC, GTIN, ISBN-13, SSCC.
pub(super) fn gs1(digits: &[u8]) -> bool {
    let value = |(at, byte): (usize, &u8)| u32::from(byte - b'0') * if at % 2 == 1 { 3 } else { 1 };
    digits.iter().rev().enumerate().map(value).sum::<u32>().is_multiple_of(10)
}
