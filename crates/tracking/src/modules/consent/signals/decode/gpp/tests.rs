//! Headers, the sections of every law, and what several of them say together.

use super::super::tcf::tests::string;
use super::super::tests::{DAY, encode};
use super::super::{Decode, Decoded, NotUnderstood};
use super::{Gpp, facts};
use proptest::prelude::*;

/// A header that names these sections one by one.
fn header(sections: &[u64]) -> String {
    let mut fields = vec![(3, 6), (1, 6), (sections.len() as u64, 12)];
    let mut last = 0;
    for section in sections {
        fields.push((0, 1));
        fields.extend(fibonacci(section - last));
        last = *section;
    }
    encode(&fields)
}

fn fibonacci(mut number: u64) -> Vec<(u64, u32)> {
    let mut numbers = vec![1, 2];
    while numbers[numbers.len() - 1] <= number {
        numbers.push(numbers[numbers.len() - 2] + numbers[numbers.len() - 1]);
    }
    let mut bits = Vec::new();
    for fibonacci in numbers.iter().rev() {
        let fits = *fibonacci <= number;
        number -= if fits { *fibonacci } else { 0 };
        if fits || !bits.is_empty() {
            bits.push((u64::from(fits), 1));
        }
    }
    bits.reverse();
    bits.push((1, 1));
    bits
}

fn marketing(denied: bool) -> Decoded {
    Decoded { marketing: denied.then_some(false), ..Decoded::default() }
}

/// As many as the longest section has, and more.
const FIELDS: usize = 40;

/// A section of the United States in which the fields at `ones` (counted after the version) are 1 and all others 2.
fn section(number: u64, version: u64, ones: &[usize]) -> String {
    let fields = (0..FIELDS).map(|field| (if ones.contains(&field) { 1 } else { 2 }, 2));
    if number >= 24 {
        let core: Vec<_> = std::iter::once((1, 6)).chain(fields).collect();
        return format!("{}.{}", encode(&[(number, 6), (version, 6), (0, 12)]), encode(&core));
    }
    encode(&std::iter::once((version, 6)).chain(fields).collect::<Vec<_>>())
}

#[test]
fn the_headers_of_the_specification_are_read() {
    let eu = "CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA";
    let denied = Decoded {
        at: Some(1_650_492_000_000),
        analytics: Some(false),
        marketing: Some(false),
        personalization: Some(false),
    };
    assert_eq!(Gpp.decode(&format!("DBABM~{eu}")), Ok(denied));
    assert_eq!(Gpp.decode(&format!("DBABMA~{eu}")), Ok(denied));
    assert_eq!(Gpp.decode(&format!("DBACNY~{eu}~1YNN")), Ok(denied));
    // 5 and 6 as a range; the Canadian section is passed over.
    assert_eq!(Gpp.decode(&format!("DBABjw~{eu}~1YYN")), Ok(marketing(true)));
    assert_eq!(header(&[2]), "DBABM");
    assert_eq!(header(&[2, 6]), "DBACNY");
}

#[test]
fn every_number_of_a_header_counts_from_the_one_before() {
    let fine = section(7, 1, &[]);
    let out = section(8, 1, &[3]);
    let text =
        format!("{}~{}~1YNN~{fine}~{out}", header(&[2, 6, 7, 8]), string(20_000 * DAY, 0xff_ffff, 0, true));
    let said = Gpp.decode(&text).unwrap();
    assert_eq!((said.analytics, said.marketing, said.personalization), (Some(true), Some(false), Some(true)));
}

/// Which fields deny marketing, by section and version, counted after the version: as `iab_gpp`, which follows the
/// specifications field by field, has them up to Minnesota.
const DENYING: [(u64, u64, &[usize]); 22] = [
    (7, 1, &[6, 7, 8, 21, 22]),
    (7, 2, &[6, 7, 8, 25, 26, 27]),
    (8, 1, &[3, 4, 14, 15]),
    (9, 1, &[3, 4, 13]),
    (10, 1, &[3, 4, 12]),
    (11, 1, &[4, 5, 14]),
    (12, 1, &[3, 4, 13, 14, 15]),
    (13, 1, &[3, 4, 13, 14, 15]),
    (14, 1, &[3, 4, 13, 14, 15]),
    (15, 1, &[3, 4, 16, 17, 18]),
    (16, 1, &[3, 4, 13]),
    (17, 1, &[3, 4, 14, 15, 16, 17, 18]),
    (18, 1, &[4, 5, 14]),
    (19, 1, &[3, 4, 13]),
    (20, 1, &[3, 4, 13, 14, 15]),
    (21, 1, &[3, 4, 15, 16, 17, 18, 19]),
    (22, 1, &[3, 4, 13]),
    (23, 1, &[3, 4, 13]),
    (24, 1, &[5, 6]),
    (25, 1, &[5, 6, 7]),
    (26, 1, &[5, 6, 7]),
    (27, 1, &[5, 6, 7]),
];

#[test]
fn an_opt_out_under_any_law_denies_marketing_and_nothing_else_does() {
    for (number, version, denying) in DENYING {
        let of = |ones: &[usize]| {
            Gpp.decode(&format!("{}~{}", header(&[number]), section(number, version, ones))).unwrap()
        };
        for field in 0..FIELDS {
            let expected = marketing(denying.contains(&field));
            assert_eq!(of(&[field]), expected, "field {field} of section {number}, version {version}");
        }
        assert_eq!(of(&[]), marketing(false), "who has not opted out has granted nothing: section {number}");
    }
    for number in 1..=64 {
        let known = (0..=63).filter(|version| facts::layout(number, *version).is_some()).count();
        assert_eq!(known, DENYING.iter().filter(|(section, ..)| *section == number).count(), "{number}");
    }
}

#[test]
fn global_privacy_control_in_a_section_denies_more() {
    let denied = Decoded { marketing: Some(false), personalization: Some(false), ..Decoded::default() };
    for (section, expected) in [
        ("DBABLA~BAAAAAAAAQA.YA", denied),
        ("DBABLA~BAAAAAAAAQA.QA", marketing(false)),
        ("DBABLA~BVVVVVVVVWA", marketing(true)),
        ("DBABLA~CAAAAAAAAAWA.Q", marketing(true)),
        ("DBABBg~BAAAAACA", marketing(false)),
        ("DBABBg~BVqqqqpY.YA", denied),
        ("DBABJg~BVVVVVg", marketing(true)),
        ("DBABRg~BAAAABA", marketing(false)),
    ] {
        assert_eq!(Gpp.decode(section), Ok(expected), "{section}");
    }
    // Maryland, with a header of its own; Indiana's second segment is about sensitive data.
    let maryland = format!("{}~{}.YA", header(&[24]), section(24, 1, &[]));
    assert_eq!(Gpp.decode(&maryland), Ok(denied));
    assert_eq!(Gpp.decode(&format!("{}~ZBABYA.BVVV.kkk", header(&[25]))), Ok(marketing(true)));
    assert_eq!(Gpp.decode(&format!("{}~ZBABYA.BAAA.YAA", header(&[25]))), Ok(marketing(false)));
}

#[test]
fn us_privacy_is_four_letters() {
    for (text, expected) in [
        ("1YYN", Ok(marketing(true))),
        ("1yyn", Ok(marketing(true))),
        ("1YN-", Ok(marketing(false))),
        ("1---", Ok(marketing(false))),
        ("2YYN", Err(NotUnderstood::Unknown)),
        ("1YY", Err(NotUnderstood::Short)),
        ("1YXN", Err(NotUnderstood::Value)),
    ] {
        assert_eq!(Gpp.decode(&format!("DBABTA~{text}")), expected, "{text}");
    }
}

#[test]
fn what_is_not_known_is_passed_over_and_what_is_damaged_refused() {
    let out = section(8, 1, &[3]);
    for (text, expected) in [
        (format!("{}~{out}~whatever", header(&[8, 39])), Ok(marketing(true))),
        (format!("{}~whatever", header(&[39])), Err(NotUnderstood::Unknown)),
        (format!("{}~{}", header(&[7]), encode(&[(7, 6), (3, 6)])), Err(NotUnderstood::Unknown)),
        (format!("{}~{out}", header(&[7, 8])), Err(NotUnderstood::Header)),
        (format!("{}~{out}~{out}", header(&[8])), Err(NotUnderstood::Header)),
        (format!("{}~{}", header(&[8]), &out[..4]), Err(NotUnderstood::Short)),
        (format!("{}~{}", header(&[8]), "B____________"), Err(NotUnderstood::Value)),
        (format!("{}~{out}", header(&[24])), Err(NotUnderstood::Header)),
        (format!("{}~C", header(&[2])), Err(NotUnderstood::Short)),
        ("CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA".to_owned(), Err(NotUnderstood::Header)),
        ("DBAA".to_owned(), Err(NotUnderstood::Header)),
        (String::new(), Err(NotUnderstood::Header)),
    ] {
        assert_eq!(Gpp.decode(&text), expected, "{text}");
    }
    // A group of 10^18 sections.
    let many =
        [vec![(3, 6), (1, 6), (1, 12), (1, 1)], fibonacci(1), fibonacci(1_000_000_000_000_000_000)].concat();
    assert_eq!(Gpp.decode(&format!("{}~{out}", encode(&many))), Err(NotUnderstood::Header));
}

proptest! {
    #[test]
    fn a_header_names_what_was_put_into_it(sections in prop::collection::btree_set(28_u64..5_000, 0..20), mine in 0_usize..20) {
        let mut sections: Vec<u64> = sections.into_iter().collect();
        sections.insert(0, 6);
        let texts: Vec<&str> = sections.iter().map(|section| if *section == 6 { "1YYN" } else { "x" }).collect();
        prop_assert_eq!(Gpp.decode(&format!("{}~{}", header(&sections), texts.join("~"))), Ok(marketing(true)));
        let (_, others) = sections.split_at(mine.min(sections.len()));
        if !others.is_empty() && others.len() < sections.len() {
            let text = format!("{}~{}", header(others), texts[..others.len()].join("~"));
            prop_assert_eq!(Gpp.decode(&text), Err(NotUnderstood::Unknown));
        }
    }

    #[test]
    fn laws_of_the_united_states_never_grant(sections in prop::collection::btree_map(6_u64..28, "[A-Za-z0-9_-]{1,40}(\\.[A-Za-z0-9_-]{1,9})?", 1..5)) {
        let numbers: Vec<u64> = sections.keys().copied().collect();
        let texts: Vec<&str> = sections.values().map(String::as_str).collect();
        if let Ok(said) = Gpp.decode(&format!("{}~{}", header(&numbers), texts.join("~"))) {
            prop_assert!(![said.analytics, said.marketing, said.personalization].contains(&Some(true)));
        }
    }
}
