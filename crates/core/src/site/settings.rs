//! What an owner sets beside domains, currency and zone: what is not counted, what is kept, what a source is called.

use super::{ConsentRules, Retention};
use ipnet::IpNet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A site's lists and rules; lists are empty unless the owner says otherwise. Checked when they are set; readers trust them.
///
/// They are stored as one JSON object: a field that a row does not have is its default.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SiteSettings {
    /// Networks whose requests are taken and not counted (the shop's own offices).
    #[schemars(with = "Vec<String>")]
    pub excluded_networks: Vec<IpNet>,
    /// Pages that are not counted. `/admin` means `/admin` and everything below it; with a `*`, which stands for any
    /// characters, a pattern means the whole path. Percent-encoding as in a browser's address.
    pub excluded_paths: Vec<String>,
    /// Hosts whose pages are not counted; `*.shop.example` means any sub-domain.
    pub excluded_hostnames: Vec<String>,
    /// Hosts whose events are tagged as staging and kept out of reports.
    pub staging_hostnames: Vec<String>,
    /// Parameters of a page's URL that are kept beside `utm_*`, `source` and `ref`.
    pub url_params: Vec<String>,
    /// Hosts that are no source, beside the built-in payment and login hosts.
    pub gateways: Vec<String>,
    /// Rules that name a channel before the built-in ones do; the first that fits wins.
    pub channel_rules: Vec<ChannelRule>,
    /// Patterns of pages that are one kind of page: `*` stands for characters within a segment, `**` at the end for all
    /// that follows. The first that fits a path is its template, in reports of the past too.
    pub page_templates: Vec<String>,
    /// What is done about visitors who have said nothing.
    pub consent: ConsentRules,
    /// How long what is kept.
    pub retention: Retention,
    /// How orders are read.
    pub orders: OrderRules,
}

/// How a site's orders are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct OrderRules {
    /// What the `value` of a page's `purchase` holds.
    pub browser_value: BrowserValue,
    /// From when on an order counts.
    pub counted_from: CountedFrom,
}

/// What the `value` of a page's `purchase` holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BrowserValue {
    /// Items without tax, as GA4 asks for: the total is value + tax + shipping.
    #[default]
    ItemsExclTax,
    /// Items with their tax: the total is value + shipping.
    ItemsInclTax,
    /// The total.
    Total,
}

/// From when on an order counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CountedFrom {
    /// From when it is placed.
    #[default]
    Placed,
    /// From when its money has come.
    Paid,
}

/// A site's own rule: sources like this belong to that channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChannelRule {
    /// What is looked at.
    pub field: ChannelField,
    /// How it is compared.
    pub op: ChannelOp,
    /// With what; compared in lower case.
    pub value: String,
    /// The channel's name.
    pub channel: String,
}

/// A part of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChannelField {
    /// Who sent the visitor.
    Source,
    /// By which means.
    Medium,
    /// In which campaign.
    Campaign,
    /// The kind of click id (`gclid`).
    ClickId,
    /// The referring page's host.
    Referrer,
}

/// How a field is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChannelOp {
    /// The same text.
    Is,
    /// The text somewhere in it.
    Contains,
    /// A pattern, in which `*` stands for any characters.
    Matches,
}

/// Does a list of hosts, among them `*.parent`, name this one (lower case, without port)?
pub(super) fn names(hosts: &[String], host: &str) -> bool {
    hosts.iter().any(|listed| match listed.strip_prefix("*.") {
        Some(parent) => host.strip_suffix(parent).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.')),
        None => listed == host,
    })
}

/// Does a path pattern mean this path?
pub(super) fn covers(pattern: &str, path: &str) -> bool {
    if pattern.contains('*') {
        return glob(pattern, path);
    }
    // `/admin` is not `/administration`.
    path.strip_prefix(pattern.trim_end_matches('/'))
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Does `pattern`, in which `*` stands for any characters, fit the whole of `text`? In linear time: every piece
/// between two stars is taken where it first fits.
#[must_use]
pub fn glob(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == text };
    let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    let Some(mut text) = text.strip_prefix(first).and_then(|text| text.strip_suffix(last)) else {
        return false;
    };
    for piece in middle.split('*') {
        match text.find(piece) {
            Some(at) => text = &text[at + piece.len()..],
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_fits_as_people_read_it() {
        let cases = [
            ("a*c", "abc", true),
            ("a*c", "ac", true),
            ("a*c", "acb", false),
            ("*", "", true),
            ("*", "anything", true),
            ("*b*", "abc", true),
            ("a*b*c", "a1b2c", true),
            ("a*b*c", "a1c2b", false),
            ("ab*ba", "aba", false),
            ("ab*ba", "abba", true),
            ("*a*a*", "a", false),
            ("*ü", "xü", true),
            ("abc", "abc", true),
            ("abc", "abcd", false),
        ];
        for (pattern, text, fits) in cases {
            assert_eq!(glob(pattern, text), fits, "{pattern} {text}");
        }
    }

    #[test]
    fn a_path_covers_what_lies_below_it() {
        let cases = [
            ("/admin", "/admin", true),
            ("/admin", "/admin/", true),
            ("/admin", "/admin/x", true),
            ("/admin/", "/admin/x", true),
            ("/admin/", "/admin", true),
            ("/admin", "/administration", false),
            ("/", "/anything", true),
            ("/*/preview", "/de/preview", true),
            ("/*/preview", "/de/preview/x", false),
            ("*.pdf", "/files/a.pdf", true),
        ];
        for (pattern, path, covered) in cases {
            assert_eq!(covers(pattern, path), covered, "{pattern} {path}");
        }
    }

    #[test]
    fn a_row_of_another_version_is_read() {
        let read: SiteSettings =
            serde_json::from_str(r#"{"url_params":["size"],"excluded_networks":["10.0.0.0/8"],"newer":1}"#)
                .unwrap();
        assert_eq!((read.url_params.len(), read.excluded_networks.len()), (1, 1));
        assert_eq!(read.gateways, Vec::<String>::new());
    }
}
