//! Every planted text goes, every honest one stays, and clean texts cost next to nothing.

use super::{Field, Filter, Hint, REMOVED, Removed, clean};
use proptest::prelude::*;
use ut_testkit::corpus;

/// The part that tells who it is: of `Tel. 030 …` the number.
fn core(planted: &corpus::Planted) -> &str {
    let text = planted.text.as_str();
    if planted.kind != "phone" {
        return text;
    }
    let label = text.bytes().take_while(|byte| byte.is_ascii_alphabetic() || b" .:-/".contains(byte)).count();
    &text[label..]
}

#[test]
fn what_is_planted_goes_wherever_it_stands() {
    let planted = corpus::planted();
    assert!(planted.len() >= 200, "{}", planted.len());
    let mut kept = Vec::new();
    for one in &planted {
        let text = &one.text;
        for around in [
            text.clone(),
            format!("Frage von {text} zu 42"),
            format!("({text})"),
            format!("a, {text}, b"),
            format!("kontakt={text}&x=1"),
            format!("/konto/{text}/offen"),
            format!("\"{text}\""),
            format!("<{text}>"),
            format!("Größe 👟: {text}!"),
        ] {
            let clean = clean(&around, Hint::None);
            let rest = clean.trim_end_matches(|letter: char| !letter.is_ascii_digit());
            let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
            let left = digits(rest).saturating_sub(digits(&around).saturating_sub(digits(text)));
            if clean.contains(core(one)) || !clean.contains(REMOVED) || one.kind != "email" && left > 1 {
                kept.push(format!("{around:?} -> {clean:?}"));
            }
        }
    }
    assert!(kept.is_empty(), "{} kept:\n{}", kept.len(), kept.join("\n"));
}

#[test]
fn what_is_planted_goes_from_an_encoded_text_too() {
    let removed = Removed::default();
    let filter = Filter::new(&[], &removed);
    let mut kept = Vec::new();
    for one in &corpus::planted() {
        let form = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let text = form(&one.text);
        for around in [
            format!("https://a.example/?q={text}&size=1"),
            format!("https://a.example/to/{}/x", text.replace('+', "%20")),
            format!("siehe https://a.example/?a=b&q={text}#c"),
            format!("q={text}&x=1"),
        ] {
            let clean = filter.prop(Field::Props, "link", around.clone()).unwrap();
            if clean.contains(&form(core(one))) || clean == around {
                kept.push(format!("{around:?} -> {clean:?}"));
            }
        }
    }
    assert!(kept.is_empty(), "{} kept:\n{}", kept.len(), kept.join("\n"));
}

#[test]
fn what_is_honest_stays() {
    let honest = corpus::honest();
    assert!(honest.len() >= 500, "{}", honest.len());
    let mut spoilt = Vec::new();
    for text in &honest {
        for around in [
            text.clone(),
            format!("{text} – Shop"),
            format!("Neu: {text}"),
            format!("/p/{text}"),
            format!("({text})"),
        ] {
            let clean = clean(&around, Hint::None);
            if clean != around {
                spoilt.push(format!("{around:?} -> {clean:?}"));
            }
        }
    }
    assert!(spoilt.is_empty(), "{} spoilt:\n{}", spoilt.len(), spoilt.join("\n"));
}

#[test]
fn addresses_keep_their_path_and_what_is_allowed() {
    let (removed, allowed) = (Removed::default(), ["size".to_owned(), "who".to_owned()]);
    let filter = Filter::new(&allowed, &removed);
    for (given, kept) in [
        ("https://shop.example", "https://shop.example/"),
        ("https://me:pw@shop.example/a?b=1#c", "https://shop.example/a"),
        ("https://shop.example/?utm_source=x&utm_id=7&sid=1", "https://shop.example/?utm_source=x&utm_id=7"),
        ("https://shop.example/?source=a&ref=b&reference=c", "https://shop.example/?source=a&ref=b"),
        ("https://shop.example/?gclid=Cj0K&ScCid=9&FBCLID=z", "https://shop.example/?gclid=&sccid=&fbclid="),
        ("https://shop.example/?size=42&colour=red", "https://shop.example/?size=42"),
        ("https://shop.example/?who=a%40b.example", "https://shop.example/?who=%5Bremoved%5D"),
        (
            "https://shop.example/?utm_content=030+1234567&utm_a@b.example=1",
            "https://shop.example/?utm_content=%5Bremoved%5D",
        ),
        (
            "https://shop.example/konto/a%40b.example/x?size=1",
            "https://shop.example/konto/[removed]/x?size=1",
        ),
        ("https://shop.example/p/4006381333931", "https://shop.example/p/4006381333931"),
    ] {
        assert_eq!(filter.page_url(given).as_deref(), Some(kept), "{given}");
    }
    for given in ["/p/1", "javascript:alert(1)", "file:///etc/passwd", "shop", ""] {
        assert_eq!(filter.page_url(given), None, "{given}");
    }
    for (given, kept) in [
        ("https://www.google.com/search?q=a@b.example", "https://www.google.com/search"),
        ("https://u:p@mail.example/inbox/a@b.example#x", "https://mail.example/inbox/[removed]"),
        ("android-app://com.google.android.gm/", "android-app://com.google.android.gm/"),
        ("a@b.example", ""),
        ("mailto:a@b.example", ""),
        ("", ""),
    ] {
        assert_eq!(filter.referrer(given), kept, "{given}");
    }
    let counts: Vec<_> = removed.by_field().filter(|(_, count)| *count > 0).collect();
    assert_eq!(counts, [("url", 3), ("referrer", 1)]);
}

#[test]
fn parameters_go_by_their_names_and_by_their_values() {
    let removed = Removed::default();
    let filter = Filter::new(&[], &removed);
    let prop = |key: &str, value: &str| filter.prop(Field::Props, key, value.to_owned());
    for (key, value, kept) in [
        ("firstName", "Erika", REMOVED),
        ("customer", r#"{"id":1}"#, REMOVED),
        ("item_name", "Erika", "Erika"),
        ("note", "call 030 1234567 now", "call [removed] now"),
        ("mobile_number", "1234567", REMOVED),
        ("contact", r#"{"city":"Ulm","name":"Erika"}"#, r#"{"city":"Ulm","name":"[removed]"}"#),
        ("contact", r#"[{"a":{"eMail":"x"}},"a@b.example"]"#, r#"[{"a":{"eMail":"[removed]"}},"[removed]"]"#),
        ("contact", r#"{"a@b.example":1,"b":2}"#, r#"{"b":2}"#),
        ("contact", r#"{"card":4111111111111111}"#, r#"{"card":"[removed]"}"#),
        ("sizes", r#"{"b":1,"a":[36,38]}"#, r#"{"b":1,"a":[36,38]}"#),
        (
            "link_url",
            "https://x:y@a.example/?token=t&size=1",
            "https://a.example/?token=%5Bremoved%5D&size=1",
        ),
        ("link_url", "https://a.example/?b=c d", "https://a.example/?b=c d"),
        ("gtin", "0306406152", "0306406152"),
    ] {
        assert_eq!(prop(key, value).as_deref(), Some(kept), "{key} {value}");
    }
    assert_eq!(prop("a@b.example", "x"), None, "the name itself is an address");
    assert_eq!(prop("search_term", "a@b.example").as_deref(), Some(REMOVED));
    assert_eq!(removed.by_field().find(|(name, _)| *name == "search_term"), Some(("search_term", 1)));
}

#[test]
fn a_text_is_never_cut_in_the_middle() {
    for text in
        ["@", "a@", "@b.c", "+", "0", "00", "((((", "0(", "+(", "%", "&#64", "DE89", "1 ", "[removed]"]
    {
        assert_eq!(clean(text, Hint::None), text);
    }
    let long = "0".repeat(4096);
    assert_eq!(clean(&long, Hint::None), long);
    let (steps, ats) = ("1 ".repeat(2048), "a@".repeat(2048));
    assert_eq!(clean(&steps, Hint::None), steps);
    assert_eq!(clean(&ats, Hint::None), ats);
}

proptest! {
    /// Never panics, is done in one go, and takes nothing out of words.
    #[test]
    fn once_is_enough(text in r"[ a-z0-9@.+()/%&#;:\-üß٠１\u{200b}]{0,80}") {
        let once = clean(&text, Hint::None).into_owned();
        prop_assert_eq!(clean(&once, Hint::None).into_owned(), once.clone(), "{}", text);
    }

    /// An address in any text goes.
    #[test]
    fn an_address_goes_from_any_text(
        before in r"([ -~äöü]{0,20}[ ,:;(<>)/=&?])?",
        local in r"[a-z0-9][a-z0-9._+-]{0,15}",
        domain in r"[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?\.(example|com|de|co\.uk)",
        after in r"([ ,;)>/?&][ -~äöü]{0,20})?",
    ) {
        let text = format!("{before}{local}@{domain}{after}");
        let clean = clean(&text, Hint::None);
        prop_assert!(!clean.contains(&format!("{local}@{domain}")), "{} -> {}", text, clean);
    }

    /// Plain words pass at once.
    #[test]
    fn words_stay(text in r"[A-Za-zäöüß ,.!?-]{0,80}") {
        prop_assert!(matches!(clean(&text, Hint::None), std::borrow::Cow::Borrowed(_)));
    }
}
