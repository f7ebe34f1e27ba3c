//! Texts that a filter for personal data must take out, and texts that it must leave alone.

/// A text that holds personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planted {
    /// `email`, `phone`, `card` or `iban`.
    pub kind: &'static str,
    /// The text.
    pub text: String,
}

/// More than 200 addresses and numbers of persons, in many writings.
#[must_use]
pub fn planted() -> Vec<Planted> {
    let lines = include_str!("planted.txt").lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| line.split_once('\t'))
        .map(|(kind, text)| Planted { kind, text: unescaped(text) })
        .collect()
}

/// More than 500 names, sizes and numbers of products, orders and parcels.
#[must_use]
pub fn honest() -> Vec<String> {
    let lines = include_str!("honest.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(unescaped).collect()
}

/// `\u{200b}` as the character it stands for: what nobody sees should not stand in a file unseen.
fn unescaped(text: &str) -> String {
    let mut parts = text.split("\\u{");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (code, rest) = part.split_once('}').unwrap_or((part, ""));
        plain.extend(u32::from_str_radix(code, 16).ok().and_then(char::from_u32));
        plain.push_str(rest);
    }
    plain
}
