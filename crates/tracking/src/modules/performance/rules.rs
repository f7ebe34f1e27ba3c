//! Page templates: which pages are one kind of page, and which patterns a shop's traffic suggests. Pure.

use serde::Serialize;
use std::collections::BTreeMap;

/// So many different values of a segment under the same beginning are no longer pages with a name.
const MANY_VALUES: usize = 20;
/// A list that nobody reads to its end helps nobody.
const MOST_SUGGESTIONS: usize = 20;
/// What a setting may have.
const MAX_PATTERN: usize = 256;
/// A path with more segments is hardly a page.
const MAX_SEGMENTS: usize = 16;

/// A pattern that traffic suggests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Suggestion {
    /// As it would stand in `page_templates`.
    pub pattern: String,
    /// How many different pages it was learnt from.
    pub pages: u64,
    /// Their page views.
    pub views: u64,
}

/// A pattern as a regular expression of RE2 over a whole path: `*` is at least one character other than `/`, `/**` at the
/// end anything below.
#[must_use]
pub fn regular_expression(pattern: &str) -> String {
    let (named, below) = match pattern.strip_suffix("**") {
        Some(named) if named.ends_with('/') => (named, ".*"),
        _ => (pattern, ""),
    };
    let mut expression = String::from("^");
    for letter in named.chars() {
        match letter {
            '*' => expression.push_str("[^/]+"),
            letter if letter.is_ascii_punctuation() => expression.extend(['\\', letter]),
            letter => expression.push(letter),
        }
    }
    expression + below + "$"
}

/// Does a pattern fit a path?
fn fits(pattern: &str, path: &str) -> bool {
    let below = pattern.strip_suffix("**").filter(|named| named.ends_with('/'));
    let mut paths = path.split('/');
    let mut patterns = below.map_or(pattern, |named| &named[..named.len() - 1]).split('/');
    loop {
        match (patterns.next(), paths.next()) {
            (Some(pattern), Some(segment)) if fits_segment(pattern, segment) => {}
            (None, Some(_)) => return below.is_some(),
            // `/p/**` wants the slash, if nothing behind it.
            (None, None) => return below.is_none(),
            _ => return false,
        }
    }
}

/// Each star stands for at least one character; the earliest place is always as good as a later one.
fn fits_segment(pattern: &str, segment: &str) -> bool {
    let Some((begin, rest)) = pattern.split_once('*') else { return pattern == segment };
    let Some(mut left) = segment.strip_prefix(begin) else { return false };
    let mut pieces: Vec<&str> = rest.split('*').collect();
    let end = pieces.pop().unwrap_or_default();
    for piece in pieces {
        let Some(after) = after_one(left) else { return false };
        let Some(place) = after.find(piece) else { return false };
        left = &after[place + piece.len()..];
    }
    after_one(left).is_some_and(|after| after.ends_with(end))
}

/// What follows the first character.
fn after_one(text: &str) -> Option<&str> {
    let mut letters = text.chars();
    letters.next().map(|_| letters.as_str())
}

/// The patterns that pages and their views suggest, those with the most views first, without those that a pattern the
/// shop has covers.
#[must_use]
pub fn suggestions(pages: &[(String, u64)], patterns: &[String]) -> Vec<Suggestion> {
    let mut by_length: BTreeMap<usize, Vec<Page<'_>>> = BTreeMap::new();
    for (path, views) in pages {
        let Some(rest) = path.strip_prefix('/') else { continue };
        let segments: Vec<&str> = rest.split('/').collect();
        let plain = !path.contains('*') && segments.len() <= MAX_SEGMENTS;
        if plain && !patterns.iter().any(|pattern| fits(pattern, path)) {
            by_length.entry(segments.len()).or_default().push(Page { segments, views: *views });
        }
    }
    let mut found = Vec::new();
    // Pages of different depth are of different kinds: `/p/42` says nothing of `/about`.
    for pages in by_length.into_values() {
        learn(String::new(), 0, pages, &mut found);
    }
    found.sort_by(|a, b| b.views.cmp(&a.views).then_with(|| a.pattern.cmp(&b.pattern)));
    found.truncate(MOST_SUGGESTIONS);
    found
}

#[derive(Debug, Clone)]
struct Page<'a> {
    segments: Vec<&'a str>,
    views: u64,
}

/// Walks down pages that begin alike and have the same number of segments.
fn learn(begin: String, depth: usize, pages: Vec<Page<'_>>, found: &mut Vec<Suggestion>) {
    if pages.first().is_none_or(|page| page.segments.len() == depth) {
        let is_pattern = begin.contains('*') && pages.len() > 1 && begin.len() <= MAX_PATTERN;
        if is_pattern {
            let views = pages.iter().fold(0_u64, |sum, page| sum.saturating_add(page.views));
            found.push(Suggestion { pattern: begin, pages: pages.len() as u64, views });
        }
        return;
    }
    let mut by_value: BTreeMap<&str, Vec<Page<'_>>> = BTreeMap::new();
    for page in pages {
        by_value.entry(page.segments[depth]).or_default().push(page);
    }
    let many = by_value.len() >= MANY_VALUES;
    let mut any = Vec::new();
    for (value, pages) in by_value {
        // An address with a slash at its end has nothing there: that is no value.
        if !value.is_empty() && (many || looks_like_an_id(value)) {
            any.extend(pages);
        } else {
            learn(format!("{begin}/{value}"), depth + 1, pages, found);
        }
    }
    learn(format!("{begin}/*"), depth + 1, any, found);
}

/// A number, a long word with digits in it, or one of several words with a number among them.
fn looks_like_an_id(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let parts = value.contains(['-', '_', '.']);
    digits > 0 && (digits == value.len() || parts || value.len() >= 6)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn suggested(pages: &[(&str, u64)], patterns: &[&str]) -> Vec<(String, u64, u64)> {
        let pages: Vec<_> = pages.iter().map(|(path, views)| ((*path).to_owned(), *views)).collect();
        let patterns: Vec<_> = patterns.iter().map(|pattern| (*pattern).to_owned()).collect();
        let of = |one: Suggestion| (one.pattern, one.pages, one.views);
        suggestions(&pages, &patterns).into_iter().map(of).collect()
    }

    #[test]
    fn a_star_is_one_segment_or_a_part_of_one_and_two_are_the_rest() {
        for (pattern, path, expected) in [
            ("/p/*", "/p/42", true),
            ("/p/*", "/p/", false),
            ("/p/*", "/p/42/reviews", false),
            ("/p/*/reviews", "/p/42/reviews", true),
            ("/p/**", "/p/", true),
            ("/p/**", "/p/42/reviews", true),
            ("/p/**", "/p", false),
            ("/**", "/", true),
            ("/*", "/", false),
            ("/*-p-*.html", "/linen-shirt-p-42.html", true),
            ("/*-p-*.html", "/-p-.html", false),
            ("/a.c", "/abc", false),
            ("/(x)+", "/(x)+", true),
            ("/", "/", true),
            ("/%C3%BC/*", "/%C3%BC/1", true),
        ] {
            assert_eq!(fits(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn ids_and_many_values_become_a_star() {
        let names: Vec<String> = (0..25).map(|n| format!("/c/{}/sale", "x".repeat(n + 1))).collect();
        let mut pages: Vec<(&str, u64)> = names.iter().map(|name| (&**name, 2)).collect();
        pages.extend([("/p/42", 100), ("/p/linen-shirt-7", 20), ("/p/B00X4WHP5E", 1)]);
        pages.extend([("/", 999), ("/about", 50), ("/p/sizes", 9), ("/blog/2026/first", 5)]);
        let expected = [("/p/*".to_owned(), 3, 121), ("/c/*/sale".to_owned(), 25, 50)];
        assert_eq!(suggested(&pages, &[]), expected);
        assert_eq!(suggested(&pages, &["/p/**"]), expected[1..], "what a pattern covers is not suggested");
        assert_eq!(suggested(&pages, &["/**"]), []);
    }

    #[test]
    fn pages_with_names_suggest_nothing() {
        let pages = ["/", "/cart", "/about", "/de/about", "/v2", "/h1", "/p/42", "/weird/*/1", "/weird/*/2"];
        let pages: Vec<_> = pages.iter().map(|path| (*path, 1)).collect();
        assert_eq!(suggested(&pages, &[]), [], "one page is no kind of page");
    }

    fn path() -> impl Strategy<Value = String> {
        proptest::collection::vec("[a-c]|[0-9]{1,3}|[a-z]{2}-[0-9]|\\PC{0,3}", 1..5)
            .prop_map(|segments| format!("/{}", segments.join("/")))
    }

    proptest! {
        #[test]
        fn what_is_suggested_is_what_is_there(
            paths in proptest::collection::btree_map(path(), 0..1000_u64, 0..120),
            patterns in proptest::collection::vec("(/([a-c]|\\*|[a-c]\\*)){1,3}(/\\*\\*)?", 0..4),
        ) {
            let pages: Vec<_> = paths.into_iter().collect();
            let found = suggestions(&pages, &patterns);
            prop_assert!(found.len() <= MOST_SUGGESTIONS);
            prop_assert!(found.is_sorted_by(|a, b| a.views >= b.views));
            for one in &found {
                let covered = |other: &str| pages.iter().filter(|(path, _)| fits(other, path)).count() as u64;
                prop_assert!((2..=covered(&one.pattern)).contains(&one.pages), "{:?}", one);
                prop_assert!(!patterns.contains(&one.pattern), "{:?}", one);
            }
            // Who takes all of them is not told any of them again.
            let taken: Vec<_> = patterns.iter().cloned().chain(found.iter().map(|one| one.pattern.clone())).collect();
            let again = suggestions(&pages, &taken);
            prop_assert!(again.iter().all(|one| !found.iter().any(|known| known.pattern == one.pattern)));
        }
    }
}
