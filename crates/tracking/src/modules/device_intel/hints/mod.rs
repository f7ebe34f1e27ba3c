//! What client hints (WICG User-Agent Client Hints) know better than the user agent, which Chromium froze.

use super::names;
use ut_core::event::Hints;

/// Brands that say nothing, or no more than the user agent.
const PLAIN: [&str; 3] = ["Chromium", "Google Chrome", "Android WebView"];

/// Brands in the words people use.
const BRANDS: [(&str, &str); 6] = [
    ("HeadlessChrome", "Chrome Headless"),
    ("Microsoft Edge", "Edge"),
    ("Microsoft Edge WebView2", "Edge WebView"),
    ("Opera GX", "Opera"),
    ("YaBrowser", "Yandex Browser"),
    ("Yandex", "Yandex Browser"),
];

/// A brand of `Sec-CH-UA` with its major version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Brand {
    pub(super) name: String,
    pub(super) version: String,
}

/// The entries of `Sec-CH-UA`: `"Google Chrome";v="124", "Not-A.Brand";v="99"` (RFC 9651, a list of strings with a
/// parameter). What is malformed is left out.
pub(super) fn brands(list: &str) -> Vec<Brand> {
    let mut brands = Vec::new();
    let mut rest = list;
    while let Some((name, after)) = quoted(rest) {
        let (parameters, next) = after.split_at(next_entry(after));
        let version = parameters.split_once("v=").and_then(|(_, value)| quoted(value));
        brands.push(Brand { name, version: version.map(|(version, _)| version).unwrap_or_default() });
        rest = next;
    }
    brands
}

/// Where the entry after this one begins: behind the next comma that is not inside quotes.
fn next_entry(text: &str) -> usize {
    let mut inside = false;
    let comma = text.bytes().position(|byte| {
        inside ^= byte == b'"';
        byte == b',' && !inside
    });
    comma.map_or(text.len(), |comma| comma + 1)
}

/// The next string in quotes, and what follows it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let (_, text) = text.split_once('"')?;
    let mut string = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((string, &text[at + 1..])),
            '\\' => string.push(letters.next()?.1),
            _ => string.push(letter),
        }
    }
    None
}

/// The one brand that tells browsers of one engine apart. The list always holds one made-up entry, so that nobody
/// relies on its order: it is the one whose letters spell "not a brand".
pub(super) fn browser(list: &str) -> Option<Brand> {
    let telling = |brand: &Brand| !PLAIN.contains(&brand.name.as_str()) && !made_up(&brand.name);
    let brand = brands(list).into_iter().find(telling)?;
    let known = BRANDS.iter().find(|(raw, _)| *raw == brand.name);
    let name = known.map_or_else(|| names::tidy(&brand.name), |(_, name)| (*name).to_owned());
    Some(Brand { name, version: names::tidy(&brand.version) })
}

fn made_up(brand: &str) -> bool {
    let letters: String = brand.chars().filter(char::is_ascii_alphabetic).collect();
    letters.eq_ignore_ascii_case("notabrand")
        || letters.eq_ignore_ascii_case("notbrand")
        || letters.is_empty()
}

/// The operating system, and its version where it was told.
pub(super) fn system(hints: &Hints) -> Option<(String, String)> {
    let name = match hints.platform.as_str() {
        "" | "Unknown" => return None,
        "Chrome OS" | "Chromium OS" => "ChromeOS".to_owned(),
        other => names::tidy(other),
    };
    let version = match name.as_str() {
        "Windows" => windows(&hints.platform_version),
        _ => names::trimmed(&hints.platform_version),
    };
    Some((name, version))
}

/// Windows by the version of its UniversalApiContract
/// (<https://learn.microsoft.com/microsoft-edge/web-platform/how-to-detect-win11>).
fn windows(contract: &str) -> String {
    let mut parts = contract.split('.').map(|part| part.parse::<u32>().ok());
    let (major, minor) = (parts.next().flatten(), parts.next().flatten());
    let name = match (major, minor) {
        (Some(13..), _) => "11",
        (Some(1..), _) => "10",
        (Some(0), Some(3)) => "8.1",
        (Some(0), Some(2)) => "8",
        (Some(0), Some(1)) => "7",
        _ => "",
    };
    name.to_owned()
}
