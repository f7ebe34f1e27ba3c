//! Click ids, and which media are bought.

/// A parameter that a network adds to the links it sends visitors through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::modules::attribution) struct ClickId {
    /// Its name, in lower case.
    pub(in crate::modules::attribution) kind: &'static str,
    /// Who adds it.
    pub(in crate::modules::attribution) network: &'static str,
    /// What it says of the click; `cpc` where it is added to bought clicks alone.
    pub(in crate::modules::attribution) medium: &'static str,
}

impl ClickId {
    const fn new(kind: &'static str, network: &'static str, medium: &'static str) -> Self {
        Self { kind, network, medium }
    }

    /// Does it prove that the click was bought?
    pub(in crate::modules::attribution) fn is_proof(self) -> bool {
        self.medium == "cpc"
    }
}

/// All that are known, the more telling ones first. Meta, X, LinkedIn and Pinterest also mark links nobody paid for,
/// so theirs prove nothing about money; `srsltid` is Merchant Center's unpaid listing.
pub(in crate::modules::attribution) const CLICK_IDS: [ClickId; 28] = [
    ClickId::new("gclid", "google", "cpc"),
    ClickId::new("gbraid", "google", "cpc"),
    ClickId::new("wbraid", "google", "cpc"),
    ClickId::new("dclid", "google", "display"),
    ClickId::new("msclkid", "bing", "cpc"),
    ClickId::new("ttclid", "tiktok", "cpc"),
    ClickId::new("yclid", "yandex", "cpc"),
    ClickId::new("sccid", "snapchat", "cpc"),
    ClickId::new("rdt_cid", "reddit", "cpc"),
    ClickId::new("qclid", "quora", "cpc"),
    ClickId::new("irclickid", "impact", "affiliate"),
    ClickId::new("irclid", "impact", "affiliate"),
    ClickId::new("awc", "awin", "affiliate"),
    ClickId::new("cjevent", "cj", "affiliate"),
    ClickId::new("fbclid", "facebook", "social"),
    ClickId::new("igshid", "instagram", "social"),
    ClickId::new("igsh", "instagram", "social"),
    ClickId::new("twclid", "x", "social"),
    ClickId::new("li_fat_id", "linkedin", "social"),
    ClickId::new("epik", "pinterest", "social"),
    ClickId::new("_kx", "klaviyo", "email"),
    ClickId::new("mc_cid", "mailchimp", "email"),
    ClickId::new("mc_eid", "mailchimp", "email"),
    // Google's companions of a click id say less than the id itself.
    ClickId::new("gclsrc", "google", "cpc"),
    ClickId::new("gad_source", "google", "cpc"),
    ClickId::new("gad_campaignid", "google", "cpc"),
    ClickId::new("srsltid", "google", "organic"),
    ClickId::new("ysclid", "yandex", "organic"),
];

/// Meta marks links of all its networks with `fbclid`; which one it was, the referrer tells.
pub(super) const META_NETWORKS: [&str; 4] = ["facebook", "instagram", "threads", "whatsapp"];

/// The click id of this name, in any case.
pub(in crate::modules::attribution) fn click_id(name: &str) -> Option<&'static ClickId> {
    CLICK_IDS.iter().find(|id| id.kind.eq_ignore_ascii_case(name))
}

/// Is a medium (lower case) bought? Google's expression for it: `^(.*cp.*|ppc|retargeting|paid.*)$`
/// (<https://support.google.com/analytics/answer/9756891>).
pub(in crate::modules::attribution) fn is_paid(medium: &str) -> bool {
    medium.contains("cp") || matches!(medium, "ppc" | "retargeting") || medium.starts_with("paid")
}

/// Is a medium (lower case) one of Google's for display advertising?
pub(in crate::modules::attribution) fn is_display(medium: &str) -> bool {
    matches!(medium, "display" | "banner" | "expandable" | "interstitial" | "cpm")
}
