//! The shortcuts change no answer: every text comes out as it does the long way round, which has none of them.

use super::view::{View, is_encoded};
use super::{Field, Filter, Hint, REMOVED, Removed, clean, keys, nested, taken_out};
use proptest::prelude::*;
use proptest::sample::select;
use std::borrow::Cow;
use std::sync::LazyLock;
use url::Url;
use ut_testkit::corpus;

/// What is planted and what is honest.
static CORPUS: LazyLock<Vec<String>> = LazyLock::new(|| {
    corpus::planted().into_iter().map(|planted| planted.text).chain(corpus::honest()).collect()
});

/// What is read in another way than it is written, what only looks like it, and accounts of hardly any digits.
#[rustfmt::skip]
const ODD: &[&str] = &[
    "@", "%", "&", " & ", "% ", ":", "://", "{", "[", "+", "-", ".", "/", "(", " ", "=", "1", "12", "12345", "123456",
    "a@b.example", "Tel. ", "No. ", "ä", "ß", "é", "–", "👟", "한", "ไทย", "٣", "१", "１", "𝟗", "＠", "﹫", "Ａ",
    "\u{200b}", "\u{ad}", "\u{fe0f}", "%40", "%2540", "%31", "%C3%BC", "%zz", "%4", "&#64;", "&#x40;", "&#48;", "&#+64;",
    "&COMMAT;", "&nbsp;", "&period", "&amp;", "&#", "GI08NWBKABCDEFGHIJKLMNO", "LC76HEMMABCDEFGHIJKLMNOPQRSTUVWX",
];

const SCHEMES: &[&str] = &[
    "http://",
    "HTTPS://",
    "https:/",
    "https:",
    "https:\\\\",
    "https:///",
    "ht\ttps://",
    " https://",
    "ftp://",
    "ws://",
    "file://",
    "android-app://",
    "http+x://",
    "javascript:",
    "//",
    "",
];

#[rustfmt::skip]
const HOSTS: &[&str] = &[
    "me:pw@shop.example", "me@shop.example", "@shop.example", "a@b@shop.example", "shop.example:80", "shop.example:443",
    "shop.example:8080", "shop.example:", "shop.example:99999", "shop.example:x", "Shop.Example", "1.2.3.4", "127.1",
    "0x7f.1", "1.2.3.0x4", "0300.1", "256.1.1.1", "a.0x", "a.1", "a.0x1g", "x.1a", "1a", "0", "[::1]", "[::FFFF:1.2.3.4]",
    "xn--mller-kva.example", "xn--a", "a.xn--", "münchen.example", "straße.example", "ａ.example", "a\u{ad}b.example",
    "a..b", "a.", ".a", "-a.b", "a-.b", "a.b-", "-", "a--b.c", "ab--c.d", "a_b.c", "a+b.c", "a!b.c", "a b.c", "a\tb.c",
    "sh\\op.example", "%61.example", "a%2eb", "localhost", "",
];

#[rustfmt::skip]
const STEPS: &[&str] = &[
    "/", "/", "a", "p/4711-Linen-Shirt", "..", "../", ".", "./", "/./", "/..", "/.a", "a..", "%2e", "%2E%2e", "/%2e/",
    "/.%2e/", "/%C3%BC", "%", "%2", "%zz", "\\", "//", "\t", "\n", "\r", "ü", "'", "\"", "<", "`", "{", "}", "|", "^", "[",
    "~", "!", "$", "&", "(", "*", "+", ",", ";", "=", ":", "@", "\u{7f}", "\u{1}", " ", "a@b.example", "/0301234567",
];

#[rustfmt::skip]
const PARAMETERS: &[&str] = &[
    "&", "&&", "?", "=", "a=b", "&utm_source=x", "&utm_medium=paid_social", "&utm_campaign=a+b",
    "&utm_content=a@b.example", "&utm_term=0301234567", "&utm_id", "&utm_phone=1234567", "&utm_email=1",
    "&UTM_source=x", "&%75tm_source=z", "&gclid=Cj0", "&GCLID", "&fbclid=", "&ref=x", "&source==", "&source=a=b",
    "&ref=*-._~", "&who=a%40b.example", "&wh%6f=1", "&size=42", "&size", "&token=1", "&=x", "+", "%20", "%", "%f",
    "%ff", "'", "\t", "\n", " ", "ü", "\u{7f}", "0301234567",
];

#[rustfmt::skip]
const NAME_PARTS: &[&str] = &[
    "e", "E", "mail", "Mail", "email", "first", "First", "name", "Name", "NAME", "last", "user", "data", "Data", "customer",
    "token", "auth", "address", "street", "password", "phone", "Tel", "telefon", "mobil", "fax", "Number", "isbn", "EAN",
    "gtin13", "sku", "item", "list", "utm", "tax", "HTML", "size", "x", "A", "1", "ü", "Ü", "٣", "_", "-", ".", "[", "]", "/",
    ":", " ",
];

fn text() -> impl Strategy<Value = String> {
    let known = || select(&CORPUS[..]);
    let cut =
        (known(), any::<prop::sample::Index>(), any::<prop::sample::Index>()).prop_map(|(text, a, b)| {
            let letters: Vec<char> = text.chars().collect();
            let (a, b) = (a.index(letters.len()), b.index(letters.len()));
            letters[a.min(b)..a.max(b)].iter().collect()
        });
    let odd = || select(ODD).prop_map(str::to_owned);
    let piece = prop_oneof![known(), cut, odd(), odd(), "[ -~]{0,12}", "\\PC{0,4}", "[a-zäöü ]{0,20}"];
    prop::collection::vec(piece, 1..6).prop_map(|pieces| pieces.concat())
}

fn link() -> impl Strategy<Value = String> {
    let often = |usual: &'static str, others: &'static [&'static str]| prop_oneof![3 => Just(usual), 1 => select(others)];
    let steps = |steps: &'static [&'static str]| {
        let step = prop_oneof![4 => select(steps).prop_map(str::to_owned), 1 => text()];
        prop::collection::vec(step, 0..5).prop_map(|steps| steps.concat())
    };
    let query = prop_oneof![Just(String::new()), steps(PARAMETERS).prop_map(|steps| format!("?{steps}"))];
    let end = prop_oneof![4 => Just(String::new()), 1 => text().prop_map(|text| format!("#{text}")),
        1 => select(&["#", "# ", "#\n?a=b", " ", "\n"][..]).prop_map(str::to_owned)];
    let parts = (often("https://", SCHEMES), often("shop.example", HOSTS), often("/", &["", "\\"]));
    (parts, steps(STEPS), query, end).prop_map(|((scheme, host, slash), path, query, end)| {
        [scheme, host, slash, &path, &query, &end].concat()
    })
}

fn name() -> impl Strategy<Value = String> {
    let part = prop_oneof![9 => select(NAME_PARTS).prop_map(str::to_owned), 1 => text()];
    prop::collection::vec(part, 1..6).prop_map(|parts| parts.concat())
}

/// A text the long way: every encoding resolved, every character read, everything looked for. What has no mark of
/// personal data in any writing and fewer than six digits never was looked at.
fn long_text(text: &str, hint: Hint) -> Cow<'_, str> {
    let mark = |byte| matches!(byte, b'@' | 0xd9 | 0xdb | 0xdf..=0xe1 | 0xea | 0xef | 0xf0);
    let resolved = View::resolved(text);
    let encoded =
        || text.is_ascii() && resolved.bytes() != text.as_bytes() || !text.is_ascii() && is_encoded(text);
    if text.bytes().filter(u8::is_ascii_digit).count() < 6 && !text.bytes().any(mark) && !encoded() {
        return Cow::Borrowed(text);
    }
    taken_out(text, &resolved, hint)
}

/// A parameter's value the long way.
fn long_value(text: &str, hint: Hint) -> Cow<'_, str> {
    let inside = if text.contains("://") { long_inner(text) } else { nested::clean(text) };
    match inside {
        Some(inside) => Cow::Owned(long_text(&inside, hint).into_owned()),
        None => long_text(text, hint),
    }
}

fn hint(key: &str) -> Option<Hint> {
    match keys::closer(key) {
        keys::Kind::Personal => None,
        keys::Kind::Phone => Some(Hint::Phone),
        keys::Kind::Product => Some(Hint::Product),
        keys::Kind::Order | keys::Kind::Plain => Some(Hint::None),
    }
}

/// A value in an address the long way.
fn long_parameter<'a>(key: &str, value: &'a str) -> Cow<'a, str> {
    match hint(key) {
        None => Cow::Borrowed(REMOVED),
        Some(Hint::Phone) => long_text(value, Hint::Phone),
        Some(_) => long_text(value, Hint::None),
    }
}

fn long_inner(text: &str) -> Option<String> {
    let mut url = Url::parse(text).ok().filter(Url::has_host)?;
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let (before, clean) =
        (url.clone(), |(key, value): &(String, String)| long_parameter(key, value).into_owned());
    let _ = (url.set_username(""), url.set_password(None));
    if pairs.iter().any(|pair| hint(&pair.0).is_none() || clean(pair) != pair.1) {
        url.query_pairs_mut().clear().extend_pairs(pairs.iter().map(|pair| (&pair.0, clean(pair))));
    }
    (url != before).then(|| url.into())
}

/// A page's address the long way: as the `url` crate reads and writes it. With how much was removed.
fn long_page(text: &str, allowed: &[String]) -> Option<(String, u64)> {
    let mut url = long_address(text).filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let (mut removed, mut query) = (0, url::form_urlencoded::Serializer::new(String::new()));
    for (key, value) in url.query_pairs() {
        let campaign = |rest: &str| rest.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        if let Some(kind) = ["gclid", "fbclid"].iter().find(|kind| key.eq_ignore_ascii_case(kind)) {
            query.append_pair(kind, "");
        } else if key.len() <= 64 && key.strip_prefix("utm_").is_some_and(campaign)
            || matches!(&*key, "source" | "ref")
            || allowed.iter().any(|name| *name == key)
        {
            let clean = long_parameter(&key, &value);
            removed += u64::from(hint(&key).is_none() || clean != value);
            query.append_pair(&key, &clean);
        }
    }
    let query = query.finish();
    url.set_query((!query.is_empty()).then_some(&query));
    let (text, gone) = long_path(&url);
    Some((text, removed + gone))
}

fn long_referrer(text: &str) -> Option<(String, u64)> {
    let mut url = long_address(text)?;
    url.set_query(None);
    Some(long_path(&url))
}

fn long_address(text: &str) -> Option<Url> {
    let mut url = Url::parse(text).ok().filter(Url::has_host)?;
    url.set_fragment(None);
    let _ = (url.set_username(""), url.set_password(None));
    Some(url)
}

fn long_path(url: &Url) -> (String, u64) {
    let path = long_text(url.path(), Hint::None);
    let removed = u64::from(matches!(path, Cow::Owned(_)));
    ([&url[..url::Position::BeforePath], &path, &url[url::Position::AfterPath..]].concat(), removed)
}

fn count(removed: &Removed, field: &str) -> u64 {
    removed.by_field().find(|(name, _)| *name == field).map_or(0, |(_, count)| count)
}

/// A few thousand; more if asked for with `PROPTEST_CASES`.
fn some_thousand() -> ProptestConfig {
    let usual = ProptestConfig::default();
    ProptestConfig { cases: usual.cases.max(4096), failure_persistence: None, ..usual }
}

proptest! {
    #![proptest_config(some_thousand())]

    #[test]
    fn texts_come_out_as_the_long_way(text in text()) {
        for hint in [Hint::None, Hint::Phone, Hint::Product] {
            prop_assert_eq!(clean(&text, hint), long_text(&text, hint));
        }
        let (short, long) = (View::new(&text), View::resolved(&text));
        prop_assert_eq!(short.bytes(), long.bytes());
        for at in 0..long.bytes().len() {
            prop_assert_eq!(short.place(at, at + 1), long.place(at, at + 1));
        }
    }

    #[test]
    fn addresses_come_out_as_the_long_way(link in prop_oneof![9 => link(), 1 => text()]) {
        let (removed, allowed) = (Removed::default(), ["size".to_owned(), "who".to_owned()]);
        let filter = Filter::new(&allowed, &removed);
        let page = filter.page_url(&link).map(|url| (url, count(&removed, "url")));
        prop_assert_eq!(page, long_page(&link, &allowed));
        let referrer = (filter.referrer(&link), count(&removed, "referrer"));
        prop_assert_eq!(referrer, long_referrer(&link).unwrap_or_default());
    }

    #[test]
    fn parameters_come_out_as_the_long_way(
        name in name(),
        value in prop_oneof![text(), link(), (text(), link()).prop_map(|(text, link)| text + &link),
            text().prop_map(|text| serde_json::json!([text, 4_111_111_111_111_111_u64]).to_string()),
            (name(), text()).prop_map(|(name, text)| serde_json::json!({ name: [text, 1] }).to_string())],
    ) {
        prop_assert_eq!(keys::kind(&name), keys::closer(&name));
        let removed = Removed::default();
        let kept = Filter::new(&[], &removed).prop(Field::Props, &name, value.clone());
        let long = hint(&name).map_or(Cow::Borrowed(REMOVED), |hint| long_value(&value, hint));
        let long = (long_text(&name, Hint::None) == name).then(|| long.into_owned());
        prop_assert_eq!(kept, long);
    }
}
