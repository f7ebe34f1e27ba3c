//! What may be entered, and when a link opens. Pure.

use super::{LinkRefusal, NewOwner, Purpose, Refusal};

/// A set-up link lives for 15 minutes, in milliseconds.
pub(super) const LINK_LIFE_MS: i64 = 15 * 60_000;
/// After so many wrong tokens every open link is void.
pub(super) const WRONG_TRIES: i64 = 5;

const PASSWORD_CHARS: std::ops::RangeInclusive<usize> = 12..=1024;

/// A set-up link as it is stored.
#[derive(Debug, Clone, Copy)]
pub(super) struct Link {
    pub(super) purpose: Purpose,
    pub(super) expires_at: i64,
    pub(super) wrong_tries: i64,
    pub(super) used: bool,
}

/// What the link is good for now.
pub(super) fn judge(link: Option<Link>, now_ms: i64) -> Result<Purpose, LinkRefusal> {
    match link {
        None => Err(LinkRefusal::Unknown),
        Some(link) if link.used => Err(LinkRefusal::Used),
        Some(link) if link.wrong_tries >= WRONG_TRIES => Err(LinkRefusal::Void),
        Some(link) if link.expires_at <= now_ms => Err(LinkRefusal::Expired),
        Some(link) => Ok(link.purpose),
    }
}

/// The owner with a normalised address, or every field that is wrong.
pub(super) fn owner(new: Option<NewOwner>) -> Result<NewOwner, Vec<Refusal>> {
    let new = new.unwrap_or_else(|| NewOwner { email: String::new(), password: String::new() });
    let mut refusals = Vec::new();
    let address = email(&new.email);
    if address.is_none() {
        let message = "an e-mail address looks like `owner@shop.example`";
        refusals.push(Refusal::new("email", "not_an_email", message));
    }
    let chars = new.password.chars().count();
    if !PASSWORD_CHARS.contains(&chars) {
        let message = format!("a password has 12 to 1024 characters; this one has {chars}");
        let code = if chars > *PASSWORD_CHARS.end() { "too_long" } else { "too_short" };
        refusals.push(Refusal::new("password", code, message));
    }
    match address {
        Some(email) if refusals.is_empty() => Ok(NewOwner { email, ..new }),
        _ => Err(refusals),
    }
}

/// The address in lower case, without spaces around it. Only its shape is checked: no rule but a delivered mail
/// tells whether it exists.
pub(super) fn email(text: &str) -> Option<String> {
    let text = text.trim();
    let (local, domain) = text.rsplit_once('@')?;
    let local_is_sound = (1..=64).contains(&local.len())
        && !local.contains(|c: char| c.is_whitespace() || c.is_control() || "@<>(),;:\\\"[]".contains(c));
    let domain = match url::Host::parse(domain).ok()? {
        url::Host::Domain(domain) if !domain.ends_with('.') && !domain.contains("..") => domain,
        _ => return None,
    };
    let address = format!("{}@{domain}", local.to_lowercase());
    (local_is_sound && address.len() <= 254).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::{email, owner};
    use crate::accounts::NewOwner;

    #[test]
    fn addresses() {
        for (text, address) in [
            ("owner@shop.example", "owner@shop.example"),
            (" Owner+ut@SHOP.Example ", "owner+ut@shop.example"),
            ("o'neil@bücher.example", "o'neil@xn--bcher-kva.example"),
            ("root@localhost", "root@localhost"),
        ] {
            assert_eq!(email(text).as_deref(), Some(address), "{text}");
        }
        let long = format!("{}@shop.example", "a".repeat(65));
        for text in [
            "",
            "@",
            "a@",
            "@b",
            "a b@c.example",
            "a@b@c.example",
            "a@b c",
            "a@1.2.3.4",
            "a\n@b.example",
            &long,
        ] {
            assert_eq!(email(text), None, "{text:?}");
        }
    }

    #[test]
    fn passwords_are_counted_in_characters_not_bytes() {
        let with = |password: &str| {
            let new = NewOwner { email: "owner@shop.example".to_owned(), password: password.to_owned() };
            owner(Some(new)).map_err(|refusals| refusals.iter().map(|r| r.code).collect::<Vec<_>>())
        };
        assert!(with("äöüäöüäöüäöü").is_ok(), "12 characters");
        assert_eq!(with("äöüäöüäöüäö").expect_err("11 characters in 22 bytes"), ["too_short"]);
        assert_eq!(with(&"a".repeat(1025)).expect_err("hashing it would be work for nothing"), ["too_long"]);
        let nothing = owner(None).expect_err("nothing given");
        assert_eq!(nothing.iter().map(|r| r.field.as_str()).collect::<Vec<_>>(), ["email", "password"]);
    }
}
