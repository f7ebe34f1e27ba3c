//! From a URL to the page it shows.

use ut_core::event::PageAddress;

/// The page of an http(s) URL; `None` for anything else. The path stays as sent apart from what the URL standard
/// itself normalises (dot segments, characters that must be percent-encoded).
pub(super) fn address(url: &str) -> Option<PageAddress> {
    plain(url).or_else(|| parsed(url))
}

fn parsed(url: &str) -> Option<PageAddress> {
    let url = url::Url::parse(url).ok()?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    Some(PageAddress { hostname: url.host_str()?.to_owned(), path: url.path().to_owned() })
}

/// The page of a URL in which the standard would change nothing, as nearly all are: it is cut out, which takes a tenth
/// of the time. `None` says only that the URL must be parsed.
fn plain(url: &str) -> Option<PageAddress> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let host_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (hostname, rest) = rest.split_at(host_end);
    let path = &rest[..rest.find(['?', '#']).unwrap_or(rest.len())];
    let is_plain = is_plain_host(hostname) && is_plain_path(path);
    let path = if path.is_empty() { "/" } else { path };
    is_plain.then(|| PageAddress { hostname: hostname.to_owned(), path: path.to_owned() })
}

/// Labels of lower-case letters, digits and inner single hyphens, the last one of letters: no address, no port, nothing
/// international.
fn is_plain_host(host: &str) -> bool {
    let is_plain = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && !label.contains("--")
            && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    host.len() <= 253 && last.bytes().all(|byte| byte.is_ascii_lowercase()) && host.split('.').all(is_plain)
}

/// Characters that stand for themselves, and no segment that could be one of dots.
fn is_plain_path(path: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~!$&'()*+,;=:@%".contains(&byte);
    let dots = |pair: &[u8]| pair == b"/." || pair == b"/%";
    path.bytes().all(plain) && !path.as_bytes().windows(2).any(dots)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// What is cut out is what a parser says.
        #[test]
        fn a_plain_url_is_read_as_any_other(
            url in "(http|https|HTTP|ftp)://([a-z0-9]{1,3}|[-.A-Zxn:@%_ ß]|1|0x7|--){0,6}(\\.[a-z0-9]{1,4})?\
                    ([/?#\\\\]([a-zA-Z0-9]|%2[eE]|%|\\.|/|\\?|#|[-_~!$&'()*+,;=:@^|\"<>`{} ä\t\n]){0,12})?"
        ) {
            if let Some(page) = plain(&url) {
                prop_assert_eq!(Some(page), parsed(&url), "{}", url);
            }
        }
    }

    #[test]
    fn the_usual_url_is_plain() {
        for url in [
            "https://shop.example/p/42-Linen-Shirt?utm_source=x",
            "https://www.shop.example",
            "http://localhost/a%20b#c",
        ] {
            assert_eq!(plain(url), parsed(url), "{url}");
            assert!(plain(url).is_some(), "{url}");
        }
        for url in [
            "https://10.0.0.1/",
            "https://shop.example:80/",
            "https://xn--mnchen-3ya.example/",
            "https://shop.example/a/../b",
        ] {
            assert_eq!(plain(url), None, "{url}");
        }
    }

    #[test]
    fn a_page_is_host_and_path() {
        let cases = [
            ("https://Shop.Example/p/42?utm_source=x#top", Some(("shop.example", "/p/42"))),
            ("http://shop.example", Some(("shop.example", "/"))),
            ("https://shop.example:8443/A/b/", Some(("shop.example", "/A/b/"))),
            ("https://münchen.example/käse", Some(("xn--mnchen-3ya.example", "/k%C3%A4se"))),
            ("/p/42", None),
            ("", None),
            ("file:///etc/passwd", None),
            ("javascript:alert(1)", None),
        ];
        for (url, expected) in cases {
            let page = address(url);
            assert_eq!(page.as_ref().map(|page| (&*page.hostname, &*page.path)), expected, "{url}");
        }
    }
}
