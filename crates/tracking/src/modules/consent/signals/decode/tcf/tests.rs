//! Which purposes are which axis, and which strings are none.

use super::super::tests::{DAY, SPECIFIED, encode};
use super::super::{Decode, Decoded, NotUnderstood};
use super::Tcf;
use proptest::prelude::*;

/// A string with these purposes (purpose 1 the highest of 24 bits), created and changed at `at`.
pub(in super::super) fn string(at: i64, consent: u64, interest: u64, disclosed: bool) -> String {
    let tenths = (at / 100) as u64;
    let head = [(2, 6), (tenths, 36), (tenths, 36), (0, 74), (consent, 24), (interest, 24), (0, 13)];
    // Three vendors as bits, one range of them, no restriction.
    let vendors = [(3, 16), (0, 1), (0b101, 3), (9, 16), (1, 1), (1, 12), (1, 1), (1, 16), (9, 16), (0, 12)];
    let core = encode(&[&head[..], &vendors[..]].concat());
    if disclosed { format!("{core}.{}", encode(&[(1, 3), (3, 16), (0, 1), (0b111, 3)])) } else { core }
}

fn bits(purposes: &[u32]) -> u64 {
    purposes.iter().map(|purpose| 1 << (24 - purpose)).sum()
}

fn axes(consent: &[u32], interest: &[u32]) -> [bool; 3] {
    let said = Tcf.decode(&string(20_000 * DAY, bits(consent), bits(interest), true)).unwrap();
    [said.analytics, said.marketing, said.personalization].map(Option::unwrap)
}

#[test]
fn purposes_make_axes() {
    for (consent, interest, expected) in [
        (&[][..], &[][..], [false; 3]),
        (&[1], &[], [false; 3]),
        (&[8, 9], &[], [false; 3]),
        (&[1, 8], &[], [true, false, false]),
        (&[1, 9], &[], [true, false, false]),
        (&[1], &[8], [true, false, false]),
        (&[], &[1, 8, 9], [false; 3]),
        (&[1, 2, 3, 4, 7], &[], [false, true, false]),
        (&[1, 3, 4], &[2, 7], [false, true, false]),
        (&[1, 2, 7], &[3, 4], [false; 3]),
        (&[1, 2, 3, 4], &[], [false; 3]),
        (&[2, 3, 4, 7], &[], [false; 3]),
        (&[1, 5, 6], &[], [false, false, true]),
        (&[1, 5], &[6], [false; 3]),
        (&[1, 11], &[], [false; 3]),
        (&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], &[], [true; 3]),
    ] {
        assert_eq!(axes(consent, interest), expected, "consent {consent:?}, interest {interest:?}");
    }
}

#[test]
fn texts_that_others_made_are_read() {
    let denied =
        Decoded { at: None, analytics: Some(false), marketing: Some(false), personalization: Some(false) };
    let of = |seconds: i64| Ok(Decoded { at: Some(seconds), ..denied });
    // Tenths of a second: 2020-02-20T23:57:39.3Z.
    assert_eq!(Tcf.decode(SPECIFIED), of(1_582_243_059_300));
    assert_eq!(Tcf.decode("CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA"), of(1_650_492_000_000));
    // The example of IAB Tech Lab's own reader for Java: changed 2021-02-02T17:01:00Z, consent to 2 and 10, interest in 2 and 9.
    assert_eq!(Tcf.decode("COtybn4PA_zT4KjACBENAPCIAEBAAECAAIAAAAAAAAAA"), of(1_612_285_260_000));
    // Of Prebid's tests: consent to 1, 3, 5, 7 and 9.
    let odd =
        Tcf.decode("CPh7_cXPh7_cXKMAAAENCZCAAKqAAAAAAAAAAAAAAAAA").map(|said| Decoded { at: None, ..said });
    assert_eq!(odd, Ok(Decoded { analytics: Some(true), ..denied }));
    // The example of GDPR::IAB::TCFv2, a reader for Perl: consent to 1, 3, 9 and 10; created in 2008, changed in 2012.
    let example = "CLcVDxRMWfGmWAVAHCENAXCkAKDAADnAABRgA5mdfCKZuYJez-NQm0TBMYA4oCAAGQYIAAAAAAEAIAEgAA.\
        argAC0gAAAAAAAAAAAA";
    let said = Tcf.decode(example).map(|said| (said.at.map(|at| at / 1_000), Decoded { at: None, ..said }));
    assert_eq!(said, Ok((Some(1_326_215_413), Decoded { analytics: Some(true), ..denied })));
}

#[test]
fn a_new_string_lists_the_vendors_that_were_disclosed() {
    let since: jiff::Timestamp = "2026-03-01T00:00:00Z".parse().unwrap();
    let since = since.as_millisecond();
    for (at, disclosed, valid) in [
        (since - 100, false, true),
        (since, false, false),
        (since, true, true),
        (since + 90 * DAY, false, false),
    ] {
        let decoded = Tcf.decode(&string(at, bits(&[1, 8]), 0, disclosed));
        if valid {
            assert_eq!(decoded.map(|said| (said.at, said.analytics)), Ok((Some(at), Some(true))), "{at}");
        } else {
            assert_eq!(decoded, Err(NotUnderstood::NoDisclosedVendors), "{at}");
        }
    }
    let publisher = encode(&[(3, 3), (0, 54)]);
    let other = format!("{}.{publisher}", string(since, bits(&[1, 8]), 0, false));
    assert_eq!(Tcf.decode(&other), Err(NotUnderstood::NoDisclosedVendors), "another segment is not it");
}

#[test]
fn what_is_no_tc_string_is_refused() {
    for (text, why) in [
        ("", NotUnderstood::Short),
        ("C", NotUnderstood::Short),
        ("BOEFEAyOEFEAyAHABDENAI4AAAB9vABAASA", NotUnderstood::Version),
        ("DBABMA~CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA", NotUnderstood::Characters),
        ("CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAA=", NotUnderstood::Characters),
        ("CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA.", NotUnderstood::Short),
        ("CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYg", NotUnderstood::Short),
    ] {
        assert_eq!(Tcf.decode(text), Err(why), "{text}");
    }
}

proptest! {
    #[test]
    fn without_consent_to_purpose_1_nothing_is_granted(consent in 0_u64..1 << 23, interest in 0_u64..1 << 24) {
        let said = Tcf.decode(&string(20_000 * DAY, consent, interest, true)).unwrap();
        prop_assert_eq!([said.analytics, said.marketing, said.personalization], [Some(false); 3]);
    }

    #[test]
    fn taking_a_consent_back_never_grants(consent in 0_u64..1 << 24, interest in 0_u64..1 << 24, purpose in 0_u32..24) {
        let of = |consent| Tcf.decode(&string(20_000 * DAY, consent, interest, true)).unwrap();
        let (before, after) = (of(consent), of(consent & !(1 << purpose)));
        prop_assert!(after.analytics <= before.analytics);
        prop_assert!(after.marketing <= before.marketing);
        prop_assert!(after.personalization <= before.personalization);
    }
}
