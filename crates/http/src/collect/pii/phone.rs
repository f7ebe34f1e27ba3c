//! Phone numbers: E.164 with `+` or an exit code, national writings with the trunk `0`, and the groupings that only
//! phone numbers have. A bare row of digits without any of these is an order number, not a phone number.

use super::Hint;
use super::card::gs1;
use super::label::Label;
use super::number::{Group, Run};

/// Country calling codes of one and two digits (ITU-T E.164); those of three are all others that begin with these.
const SHORT_CODES: [&[u8]; 46] = [
    b"1", b"7", b"20", b"27", b"30", b"31", b"32", b"33", b"34", b"36", b"39", b"40", b"41", b"43", b"44",
    b"45", b"46", b"47", b"48", b"49", b"51", b"52", b"53", b"54", b"55", b"56", b"57", b"58", b"60", b"61",
    b"62", b"63", b"64", b"65", b"66", b"81", b"82", b"84", b"86", b"90", b"91", b"92", b"93", b"94", b"95",
    b"98",
];
const LONG_CODES: [&[u8]; 21] = [
    b"21", b"22", b"23", b"24", b"25", b"26", b"29", b"35", b"37", b"38", b"42", b"50", b"59", b"67", b"68",
    b"69", b"85", b"88", b"96", b"97", b"99",
];

/// What follows an amount, so that it is none of these numbers.
const UNITS: [&str; 36] = [
    "gb", "mb", "tb", "kb", "mah", "wh", "ml", "cl", "l", "g", "kg", "mg", "lb", "oz", "mm", "cm", "m", "km",
    "w", "kw", "v", "hz", "khz", "mhz", "ghz", "px", "dpi", "lm", "st", "stk", "pcs", "eur", "usd", "chf",
    "pln", "czk",
];

/// Steps from size to size.
const STEPS: [i64; 15] = [1, 2, 3, 4, 5, 6, 8, 10, 20, 25, 50, 100, 200, 250, 500];

/// The phone number that begins at a group; the group it ends with.
pub(super) fn find(run: &Run<'_>, first: usize) -> Option<usize> {
    // In an address a `+` may stand for a space.
    if run.plus(first)
        && let Some(last) = international(run, first)
    {
        return Some(last);
    }
    let label = run.label(first);
    if label == Label::Phone || run.hint == Hint::Phone {
        return longest(run, first, 6..=15);
    }
    if label == Label::PerhapsPhone && !year(run.digits(first)) {
        let last = longest(run, first, 8..=15);
        return last.filter(|last| !sizes(run, first, *last) && !measured(run, *last));
    }
    if label == Label::Product || date(run, first).is_some() {
        return None;
    }
    international(run, first).or_else(|| trunk(run, first)).or_else(|| grouped(run, first))
}

/// The last group of the longest number of so many digits.
fn longest(run: &Run<'_>, first: usize, digits: std::ops::RangeInclusive<usize>) -> Option<usize> {
    run.ends(first).find(|last| digits.contains(&run.count(first, *last)))
}

/// `+49 …`, `0049 …`, `011 49 …`.
fn international(run: &Run<'_>, first: usize) -> Option<usize> {
    if !run.plus(first) && !run.digits(first).starts_with(b"0") {
        return None;
    }
    run.ends(first).filter(|last| run.count(first, *last) <= 18).find(|last| {
        // `+49 (0) 30 …`: the 0 is for callers at home.
        let kept = (first..=*last).filter(|group| !(run.digits(*group) == b"0" && run.bracketed(*group)));
        let digits: Vec<u8> = kept.flat_map(|group| run.digits(group)).copied().collect();
        if run.plus(first) {
            return is_e164(&digits, 8);
        }
        let (exit, least) = match (&digits[..], first == *last) {
            ([b'0', b'0', ..], true) => (2, 10),
            ([b'0', b'0', ..], false) => (2, 9),
            ([b'0', b'1', b'1', ..], false) => (3, 10),
            _ => return false,
        };
        is_e164(&digits[exit..], least)
    })
}

fn is_e164(digits: &[u8], least: usize) -> bool {
    let Some(code) = code_length(digits) else { return false };
    let least = if code == 3 { least.min(7) } else { least };
    match digits[0] {
        b'1' | b'7' => digits.len() == 11,
        _ => (least..=15).contains(&digits.len()),
    }
}

fn code_length(digits: &[u8]) -> Option<usize> {
    let starts = |codes: &[&[u8]]| codes.iter().any(|code| digits.starts_with(code));
    match () {
        () if starts(&SHORT_CODES) => Some(if matches!(digits[0], b'1' | b'7') { 1 } else { 2 }),
        () if starts(&LONG_CODES) => Some(3),
        () => None,
    }
}

/// `030 1234567`, `(030) 123456`, `0170/1234567`, `01701234567`.
fn trunk(run: &Run<'_>, first: usize) -> Option<usize> {
    let digits = run.digits(first);
    let split = digits == b"0" && run.gap(first) == b"(";
    let begins = digits.len() >= 2 && digits[0] == b'0' && digits[1] != b'0';
    if !begins && !split {
        return None;
    }
    if digits.len() >= 9 {
        let sound = match digits.len() {
            10 => !(run.hint == Hint::Product && isbn10(digits)),
            9 | 11 => true,
            12 => german_mobile(digits),
            _ => false,
        };
        return (sound && run.may_end(first)).then_some(first);
    }
    let bracketed = split || run.bracketed(first) || run.gap(first).contains(&b'/');
    let least = if bracketed { 8 } else { 9 };
    run.ends(first).filter(|last| *last > first).find(|last| {
        let count = run.count(first, *last);
        // `030 12345678-123`
        let extension = run.gap(*last - 1) == b"-" && run.groups[*last].len() <= 4;
        (least..=if extension { 15 } else { 12 }).contains(&count) && !sizes(run, first, *last)
    })
}

/// `0151 12345678`, the longest mobile numbers there are, in one piece.
pub(super) fn german_mobile(digits: &[u8]) -> bool {
    digits.starts_with(b"015") || digits.starts_with(b"016") || digits.starts_with(b"017")
}

/// ISBN of ten digits, whose last may be X (which is no digit: such a one is no candidate).
fn isbn10(digits: &[u8]) -> bool {
    let sum: u32 =
        digits.iter().zip((1..=10).rev()).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    sum.is_multiple_of(11)
}

/// Without `+` and `0`: what is grouped as only phone numbers are, and ends the run.
fn grouped(run: &Run<'_>, first: usize) -> Option<usize> {
    let last = run.groups.len() - 1;
    // The longest shape has five groups.
    if last - first > 5 {
        return None;
    }
    let shape: Vec<usize> = run.groups[first..].iter().map(Group::len).collect();
    let bracketed = run.bracketed(first);
    let begins = first == 0 || bracketed || run.gap(last.saturating_sub(1)) == b"-";
    let round = run.digits(last).len() > 2 && run.digits(last).iter().all(|digit| *digit == b'0');
    let usual = usual(run, first, &shape)
        || bracketed
            && (2..=3).contains(&shape[0])
            && (8..=12).contains(&run.count(first, last))
            && shape[shape.len() - 1] >= 4;
    let sound =
        begins && usual && !round && run.may_end(last) && !sizes(run, first, last) && !measured(run, last);
    (sound && shape.len() > 1 && !(run.count(first, last) == 12 && gs1(&run.number(first, last).digits)))
        .then_some(last)
}

fn usual(run: &Run<'_>, first: usize, shape: &[usize]) -> bool {
    let digit = |group: usize| run.digits(first + group)[0];
    let dashed = shape.len() > 1 && run.gap(first + shape.len() - 2) == b"-";
    let points = shape.len() > 1 && run.gap(first) == b".";
    match shape {
        // North America.
        [3, 3, 4] => digit(0) >= b'2' && (digit(1) >= b'2' || dashed || points || run.bracketed(first)),
        [1, 3, 3, 4] => matches!(digit(0), b'1' | b'7' | b'8'),
        // Russia.
        [1, 3, 3, 2, 2] => matches!(digit(0), b'7' | b'8'),
        // Turkey.
        [3, 3, 2, 2] => digit(0) >= b'2',
        // Spain, Poland, Portugal, Czechia; not 123.456.789.
        [3, 3, 3] => digit(0) >= b'4' && !points,
        [3, 2, 2, 2] => digit(0) >= b'6',
        // Spain, Switzerland.
        [2, 3, 2, 2] => digit(0) >= b'2',
        // China.
        [3, 4, 4] => digit(0) == b'1' && run.digits(first)[1] >= b'3',
        // Brazil, Mexico.
        [2, 5, 4] => digit(1) == b'9',
        [2, 4, 4] => dashed || run.bracketed(first) || digit(0) >= b'2' && !year(run.digits(first + 1)),
        // India.
        [5, 5] => digit(0) >= b'6',
        // Italy.
        [3, 7] => digit(0) == b'3',
        _ => false,
    }
}

/// `36 38 40 42`, `500 600 700`: the same step from each to the next.
fn sizes(run: &Run<'_>, first: usize, last: usize) -> bool {
    let values: Vec<i64> = (first..=last).map(|group| value(run.digits(group))).collect();
    let Some(step) = values.get(1).map(|second| second - values[0]) else { return false };
    STEPS.contains(&step.abs()) && values.windows(2).all(|pair| pair[1] - pair[0] == step)
}

fn value(digits: &[u8]) -> i64 {
    digits
        .iter()
        .fold(0, |value: i64, digit| value.saturating_mul(10).saturating_add(i64::from(digit - b'0')))
}

/// `128 256 512 GB`
fn measured(run: &Run<'_>, last: usize) -> bool {
    let after = &run.view[run.groups[last].end..];
    let after = after.strip_prefix(b" ").unwrap_or(after);
    let length = after.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let unit = |known: &str| after[..length].eq_ignore_ascii_case(known.as_bytes());
    matches!(after.first(), Some(b'$' | b'%')) || length > 0 && UNITS.iter().any(|known| unit(known))
}

fn year(digits: &[u8]) -> bool {
    digits.len() == 4 && (digits.starts_with(b"19") || digits.starts_with(b"20"))
}

/// The date that begins at a group: `01.02.2024`, `01.02.24`, `2024-02-01`, `01/2024`, `01.01.-`; the group it ends
/// with.
pub(super) fn date(run: &Run<'_>, first: usize) -> Option<usize> {
    let part = |group: usize, most: i64| {
        run.groups.get(group).is_some_and(|digits| digits.len() <= 2)
            && (1..=most).contains(&value(run.digits(group)))
    };
    let is_year = |group: usize| run.groups.get(group).is_some() && year(run.digits(group));
    let day_and_month = |a: usize, b: usize| (part(a, 31) && part(b, 12)) || (part(a, 12) && part(b, 31));
    let tight = |group: usize| matches!(run.gap(group), b"." | b"-" | b"/" | b" " | b". ");
    if run.groups.get(first + 2).is_some() && tight(first) && run.gap(first) == run.gap(first + 1) {
        let long = day_and_month(first, first + 1) && is_year(first + 2);
        let iso = is_year(first) && day_and_month(first + 1, first + 2);
        // Two digits of a year, if the row ends there: `01.23.45.67.89` goes on.
        let goes_on = run.groups.get(first + 3).is_some() && run.gap(first + 2) == run.gap(first);
        let short = day_and_month(first, first + 1) && run.groups[first + 2].len() == 2 && !goes_on;
        if long || iso || short && run.gap(first) != b" " {
            return Some(first + 2);
        }
    }
    // `01.01.-31.12.2026`
    let begins_range = run.gap(first) == b"." && matches!(run.gap(first + 1), [b'.', _, ..]);
    if begins_range && day_and_month(first, first + 1) {
        return Some(first + 1);
    }
    let month = part(first, 12) && run.groups[first].len() == 2 && is_year(first + 1);
    (month && matches!(run.gap(first), b"/" | b"-" | b".")).then_some(first + 1)
}
