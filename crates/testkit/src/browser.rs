//! Browsers of people.

/// The user agent of a person: a browser like any other, whose build number is theirs. Cookieless visitors of tests
/// differ in nothing else.
#[must_use]
pub fn browser(person: &str) -> String {
    let build = person.bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    format!(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.{build}.0 Safari/537.36"
    )
}
