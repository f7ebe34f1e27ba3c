//! What kinds of value a setting can have: how each is read and how a refusal describes it.

use url::Url;

/// The kind of a setting's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A TCP port; 0 lets the system choose a free one.
    Port,
    /// An IP address or a host name, without port.
    Host,
    /// The address of a site: scheme and host, nothing behind it.
    Origin,
    /// A store's address; only these schemes are known.
    Store(&'static [&'static str]),
    /// A path of the file system; relative ones start at the working directory.
    Path,
    /// A number of bytes, with or without a unit.
    Bytes,
    /// A whole number up to `u32::MAX`.
    Int,
    /// One of a few words.
    Choice(&'static [&'static str]),
    /// Origins, separated by commas (in TOML: a list).
    Origins,
    /// Networks, addresses and names of groups of proxies, separated by commas.
    Proxies,
    /// Secret text of at least 32 bytes, never shown.
    Secret,
    /// Keys with ids, separated by commas, never shown.
    Keys,
}

impl Kind {
    /// What a value must look like, to follow "expected".
    #[must_use]
    pub fn expected(self) -> String {
        match self {
            Self::Port => "a port number from 0 (any free one) to 65535".into(),
            Self::Host => "an IP address or a host name, without scheme and port".into(),
            Self::Origin => "http:// or https:// and a host, without path".into(),
            Self::Store(schemes) => format!("an address that starts with {}", schemes.join(" or ")),
            Self::Path => "a path".into(),
            Self::Bytes => "a number of bytes such as 4GiB, 500 MB or 1048576".into(),
            Self::Int => "a whole number from 0 to 4294967295".into(),
            Self::Choice(words) => format!("one of {}", words.join(", ")),
            Self::Origins => "origins such as https://shop.example, separated by commas".into(),
            Self::Proxies => {
                "addresses, networks such as 10.0.0.0/8, or loopback, private, cloudflare, separated by commas".into()
            }
            Self::Secret => "at least 32 bytes".into(),
            Self::Keys => {
                "ID:KEY, separated by commas, each KEY being 32 bytes in hex or base64 and no ID coming twice".into()
            }
        }
    }

    /// A value as people may see it: of a secret only how long it is, and of an address not what it says of the user
    /// before the host. Somebody may try the address of a database server, password and all.
    #[must_use]
    pub fn shown(self, text: &str) -> String {
        match self {
            Self::Secret | Self::Keys => format!("({} bytes)", text.len()),
            Self::Store(_) | Self::Origin => without_user(text),
            Self::Origins => text.split(',').map(without_user).collect::<Vec<_>>().join(","),
            _ => text.to_owned(),
        }
    }

    /// The word that stands for the value in the help of a flag.
    #[must_use]
    pub const fn placeholder(self) -> &'static str {
        match self {
            Self::Port => "PORT",
            Self::Host => "HOST",
            Self::Origin | Self::Store(_) => "URL",
            Self::Path => "PATH",
            Self::Bytes => "BYTES",
            Self::Int => "NUMBER",
            Self::Choice(_) => "WORD",
            Self::Origins => "ORIGINS",
            Self::Proxies => "PROXIES",
            Self::Secret => "SECRET",
            Self::Keys => "KEYS",
        }
    }
}

fn without_user(address: &str) -> String {
    let Some((before, host)) = address.rsplit_once('@') else { return address.to_owned() };
    let scheme = before.split_once("://").map_or(String::new(), |(scheme, _)| format!("{scheme}://"));
    format!("{scheme}…@{host}")
}

/// Reads a port.
#[must_use]
pub fn port(text: &str) -> Option<u16> {
    text.parse().ok()
}

/// Reads a whole number.
#[must_use]
pub fn int(text: &str) -> Option<u32> {
    text.parse().ok()
}

/// Reads an IP address or a host name.
#[must_use]
pub fn host(text: &str) -> Option<String> {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let is_address = bare.parse::<std::net::IpAddr>().is_ok();
    // Something made of digits and dots that is no address is a mistyped address, not a name.
    let is_name = text.len() <= 253
        && text.split('.').all(label)
        && !text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    (is_address || is_name).then(|| bare.to_ascii_lowercase())
}

/// Reads scheme and host of a site.
#[must_use]
pub fn origin(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let plain = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    plain.then_some(url)
}

/// Reads a list of origins; each comes out as a browser writes it in `Origin`.
#[must_use]
pub fn origins(text: &str) -> Option<Vec<String>> {
    text.split(',')
        .map(str::trim)
        .map(|one| origin(one).map(|url| url.origin().ascii_serialization()))
        .collect()
}

/// Reads a path.
#[must_use]
pub fn path(text: &str) -> Option<std::path::PathBuf> {
    (!text.is_empty() && !text.contains('\0')).then(|| text.into())
}

/// Reads what follows the scheme of a store's address; an empty rest is `None`.
#[must_use]
pub fn store(text: &str, scheme: &str) -> Option<Option<std::path::PathBuf>> {
    let rest = text.strip_prefix(scheme)?;
    // `sqlite:///var/x` and `sqlite:/var/x` name the same file; `sqlite://x` the relative path `x`.
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    if rest.is_empty() { Some(None) } else { path(rest).map(Some) }
}

/// Reads a number of bytes: digits and one of `B`, `kB`, `MB`, `GB`, `TB` (thousands) or `KiB` … `TiB` (1,024s).
#[must_use]
pub fn bytes(text: &str) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let factor = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "tb" => 1_000_000_000_000,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        "tib" => 1_u64 << 40,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(factor)
}

/// Reads one of `words`.
#[must_use]
pub fn choice(text: &str, words: &[&'static str]) -> Option<&'static str> {
    words.iter().copied().find(|word| *word == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_with_and_without_units() {
        for (text, expected) in [
            ("0", Some(0)),
            ("512", Some(512)),
            ("4GiB", Some(4 << 30)),
            ("500 MB", Some(500_000_000)),
            ("1kb", Some(1000)),
            ("2TiB", Some(2 << 40)),
            ("GiB", None),
            ("4 GiBs", None),
            ("-1", None),
            ("1.5GB", None),
            ("99999999999999999999", None),
            ("18446744073709551615TiB", None),
        ] {
            assert_eq!(bytes(text), expected, "{text}");
        }
    }

    #[test]
    fn hosts_are_addresses_or_names() {
        for good in ["127.0.0.1", "0.0.0.0", "::1", "[::1]", "localhost", "analytics.shop.example"] {
            assert!(host(good).is_some(), "{good}");
        }
        for bad in ["", "a b", "http://x", "x:80", "300.1.1.1", "127.0.0", "a..b", "ä.example"] {
            assert!(host(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn an_origin_has_nothing_behind_the_host() {
        for good in ["http://127.0.0.1:3000", "https://a.example/"] {
            assert!(origin(good).is_some(), "{good}");
        }
        for bad in [
            "a.example",
            "ftp://a.example",
            "https://a.example/x",
            "https://u@a.example",
            "https://a.example?x",
            "*",
        ] {
            assert!(origin(bad).is_none(), "{bad}");
        }
        assert_eq!(
            origins("https://A.example, http://b:80"),
            Some(vec!["https://a.example".into(), "http://b".into()])
        );
        assert_eq!(origins("https://a.example,"), None);
    }

    #[test]
    fn nobody_sees_a_password() {
        const STORE: Kind = Kind::Store(&["sqlite:"]);
        for (kind, text, shown) in [
            (STORE, "sqlite:/var/x.db", "sqlite:/var/x.db"),
            (STORE, "postgres://u:hunter2@h/db", "postgres://…@h/db"),
            (STORE, "postgres://u:hun/t#e?r@2@h/db", "postgres://…@h/db"),
            (STORE, "redis:u:hunter2@h", "…@h"),
            (Kind::Origin, "https://u:hunter2@a.example", "https://…@a.example"),
            (Kind::Origins, "https://a.example, https://u:hunter2@b", "https://a.example, https://…@b"),
            (Kind::Secret, "hunter2", "(7 bytes)"),
            (Kind::Path, "/home/me@work", "/home/me@work"),
        ] {
            assert_eq!(kind.shown(text), shown);
        }
    }

    #[test]
    fn a_store_may_name_a_place() {
        assert_eq!(store("sqlite:", "sqlite:"), Some(None));
        assert_eq!(store("sqlite:///var/x.db", "sqlite:"), Some(Some("/var/x.db".into())));
        assert_eq!(store("sqlite:x.db", "sqlite:"), Some(Some("x.db".into())));
        assert_eq!(store("postgres://h/db", "sqlite:"), None);
    }
}
