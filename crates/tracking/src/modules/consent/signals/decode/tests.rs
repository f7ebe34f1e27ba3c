//! Whatever a browser sends: read or refused, in no time, and never taken for a grant by mistake.

use super::{Decode, Decoded, Gcm, Gpp, NotUnderstood, Tcf};
use crate::modules::consent::SignalSource;
use proptest::prelude::*;

pub(super) const DAY: i64 = 86_400_000;

/// Numbers and their widths in bits, as URL-safe base64.
pub(super) fn encode(fields: &[(u64, u32)]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut bits: Vec<u64> = Vec::new();
    for (value, width) in fields {
        bits.extend((0..*width).rev().map(|place| value.checked_shr(place).unwrap_or(0) & 1));
    }
    bits.resize(bits.len().next_multiple_of(6), 0);
    let sextet = |bits: &[u64]| ALPHABET[bits.iter().fold(0, |all, bit| all * 2 + *bit as usize)] as char;
    bits.chunks(6).map(sextet).collect()
}

/// The text of the TCF's specification: purposes 1, 2 and 3, of 2020.
pub(super) const SPECIFIED: &str = "COvFyGBOvFyGBAbAAAENAPCAAOAAAAAAAAAAAEEUACCKAAA.\
    IFoEUQQgAIQwgIwQABAEAAAAOIAACAIAAAAQAIAgEAACEAAAAAgAQBAAAAAAAGBAAgAAAAAAAFAAECAAAgAAQARAEQAAAAAJAAIAAgAAAYQEAAAQmAgBC3ZAYzUw.\
    ZAAgH9794ulA";

fn everything(raw: &str) -> [Result<Decoded, NotUnderstood>; 3] {
    [Tcf.decode(raw), Gpp.decode(raw), Gcm.decode(raw)]
}

fn grants(decoded: Result<Decoded, NotUnderstood>) -> bool {
    decoded.is_ok_and(|said| [said.analytics, said.marketing, said.personalization].contains(&Some(true)))
}

/// A string that grants everything.
fn full(created: i64, disclosed: bool) -> String {
    super::tcf::tests::string(created, 0xff_ffff, 0, disclosed)
}

#[test]
fn a_time_of_its_own_counts_and_within_its_day_the_senders() {
    let (day, minute) = (20_000 * DAY, 60_000);
    for (own, sent, expected) in [
        (None, None, None),
        (None, Some(5), Some(5)),
        (Some(day + minute), Some(day + 9 * minute), Some(day + minute)),
        (Some(day), Some(day + 9 * minute), Some(day + 9 * minute)),
        (Some(day), Some(day + DAY), Some(day)),
        (Some(day), Some(day - minute), Some(day)),
        (Some(day), None, Some(day)),
    ] {
        let decoded = Decoded { at: own, analytics: Some(true), ..Decoded::default() };
        let signal = decoded.signal(SignalSource::Tcf, sent);
        assert_eq!((signal.at, signal.analytics), (expected, Some(true)), "{own:?} {sent:?}");
    }
}

#[test]
fn a_list_of_every_vendor_a_thousand_times_is_read_at_once() {
    let mut fields = vec![(2, 6), (0, 72), (0, 135), (65_535, 16), (1, 1), (4_095, 12)];
    fields.extend([(1, 1), (1, 16), (65_535, 16)].repeat(4_095));
    fields.extend([(0, 17), (0, 12)]);
    let text = encode(&fields);
    assert!(text.len() > 20_000);
    let denied =
        Decoded { at: Some(0), analytics: Some(false), marketing: Some(false), personalization: Some(false) };
    assert_eq!(Tcf.decode(&text), Ok(denied), "nothing is made of the four thousand lists in it");
}

proptest! {
    #[test]
    fn no_text_panics_or_grants_by_chance(raw in "\\PC{0,300}") {
        for decoded in everything(&raw) {
            prop_assert!(!grants(decoded), "{raw}");
        }
    }

    #[test]
    fn no_text_of_the_right_letters_panics(start in "C?|DB[A-Za-z0-9_-]{0,6}~?", rest in "[A-Za-z0-9_.~-]{0,400}") {
        let _ = everything(&format!("{start}{rest}"));
    }

    #[test]
    fn no_json_panics_or_grants_by_chance(raw in r#"[{\[]("[a-z_]{1,20}":("granted"|"denied"|1|null|\{\}|true),?){0,4}[}\]]"#) {
        for decoded in everything(&raw) {
            prop_assert!(!grants(decoded), "{raw}");
        }
    }

    #[test]
    fn a_text_that_was_cut_grants_nothing_that_the_whole_does_not(place in 0_usize..400, in_gpp in any::<bool>()) {
        let whole = full(20_000 * DAY, true);
        let whole = if in_gpp { format!("DBABM~{whole}") } else { whole };
        prop_assert!(everything(&whole).into_iter().any(grants));
        let cut = &whole[..place.min(whole.len())];
        // Only the segment of disclosed vendors may be missing, for the string is older than the rule.
        let core = whole.split('.').next().unwrap_or_default().len();
        if place < core - 1 {
            prop_assert!(!everything(cut).into_iter().any(grants), "{cut}");
        }
    }

    #[test]
    fn a_changed_character_never_panics(place in 0_usize..400, letter in any::<char>()) {
        for whole in [full(21_000 * DAY, true), format!("DBACNY~{SPECIFIED}~1YNN"), "DBABLA~BVVVVVVVVWA.YA".to_owned()] {
            let mut letters: Vec<char> = whole.chars().collect();
            let place = place % letters.len();
            letters[place] = letter;
            let _ = everything(&letters.into_iter().collect::<String>());
        }
    }
}
