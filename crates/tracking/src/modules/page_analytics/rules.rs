//! From a URL to the page it shows.

use ut_core::event::PageAddress;

/// The page of an http(s) URL; `None` for anything else. The path stays as sent apart from what the URL standard
/// itself normalises (dot segments, characters that must be percent-encoded).
pub(super) fn address(url: &str) -> Option<PageAddress> {
    let url = url::Url::parse(url).ok()?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    Some(PageAddress { hostname: url.host_str()?.to_owned(), path: url.path().to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

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
