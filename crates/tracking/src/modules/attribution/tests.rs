//! The story: pages and referrers go in, sources come out, and are explained.

use super::*;
use ut_core::event::{EventName, Source};
use ut_testkit::builders::{received, site};

const AT: i64 = 1_800_000_000_000;

/// What of an event's source is kept, on a site with a gateway of its own.
fn admitted(name: &str, url: &str, referrer: &str) -> Option<Source> {
    let mut site = site();
    site.settings.gateways.push("pay.partner.example".to_owned());
    let received = received(&site, AT);
    let mut draft = Draft::new(uuid::Uuid::from_u128(1), EventName::parse(name).unwrap(), AT);
    draft.url = url.to_owned();
    draft.referrer = referrer.to_owned();
    draft.source = Some(Arc::new(Source { source: "made-up".to_owned(), ..Source::default() }));
    let verdict = Attribution.admit(&mut draft, &Context { site: &site, received: &received });
    assert_eq!(verdict, Verdict::Keep);
    draft.source.map(Arc::unwrap_or_clone)
}

fn names(source: Option<Source>) -> Option<String> {
    source.map(|source| format!("{} / {}", source.source, source.medium))
}

#[test]
fn a_page_view_says_who_sent_the_visitor() {
    let cases = [
        ("https://shop.example/", "https://www.google.de/", Some("google / organic")),
        ("https://shop.example/?utm_source=ig&utm_medium=story", "", Some("instagram / story")),
        ("https://shop.example/?ref=partner", "", Some("partner / referral")),
        ("https://shop.example/p/1", "https://shop.example/", None),
        ("https://shop.example/thanks", "https://www.paypal.com/", None),
        ("https://shop.example/thanks", "https://pay.partner.example/", None),
        ("https://shop.example/", "", None),
        ("", "", None),
    ];
    for (url, referrer, expected) in cases {
        assert_eq!(names(admitted("page_view", url, referrer)).as_deref(), expected, "{url} {referrer}");
    }
}

/// The page view before them has said it already; a referrer said again would be a touch for each of them.
#[test]
fn other_events_say_it_only_with_a_campaign_or_click_id() {
    let google = "https://www.google.com/";
    let cases = [
        ("https://shop.example/", google, None),
        ("https://shop.example/?size=42", google, None),
        ("https://shop.example/?ref=partner", google, None),
        ("https://shop.example/?gclid=", google, Some("google / cpc")),
        ("https://shop.example/?utm_campaign=spring", google, Some("google / organic")),
    ];
    for (url, referrer, expected) in cases {
        assert_eq!(names(admitted("view_item", url, referrer)).as_deref(), expected, "{url}");
    }
}

#[test]
fn gateways_can_be_asked_for() {
    assert!(is_gateway("www.paypal.com", &[]) && !is_gateway("pay.partner.example", &[]));
    assert!(is_gateway("pay.partner.example", &["partner.example".to_owned()]));
}

#[test]
fn a_visit_is_explained() {
    let explained = |url: &str, referrer: &str| serde_json::to_value(explain(url, referrer)).unwrap();
    assert_eq!(
        explained("https://shop.example/?gclid=secret", "https://www.google.com/"),
        serde_json::json!({
            "source": "google", "medium": "cpc", "campaign": "", "click_id": "gclid",
            "channel": "Paid Search", "rule": "click id: gclid; a search engine, paid",
        })
    );
    let rules = [
        ("https://shop.example/", "https://www.paypal.com/", "Direct", "gateway: paypal.com"),
        ("https://shop.example/", "https://shop.example/", "Direct", "self-referral: shop.example"),
        (
            "https://www.shop.example/",
            "https://checkout.shop.example/",
            "Direct",
            "self-referral: checkout.shop.example",
        ),
        ("https://shop.example/", "", "Direct", "no campaign, click id or referrer"),
        (
            "https://shop.example/",
            "https://bing.com",
            "Organic Search",
            "referrer: search table; a search engine or the medium organic",
        ),
        ("https://shop.example/?utm_source=z&utm_medium=y", "", "Unassigned", "utm_source; no rule fits"),
        (
            "https://shop.example/",
            "https://chatgpt.com/",
            "AI Assistant",
            "referrer: assistant table; an AI assistant",
        ),
    ];
    for (url, referrer, channel, rule) in rules {
        let answer = explain(url, referrer);
        assert_eq!((&*answer.channel, &*answer.rule), (channel, rule), "{url} {referrer}");
    }
    let direct = explain("https://shop.example/", "");
    assert_eq!((&*direct.source, &*direct.medium, &*direct.campaign), ("(direct)", "(none)", ""));
}

/// Everything that is resolved has a channel that exists, and everything unresolved is direct.
#[test]
fn what_is_stored_can_be_classified() {
    for (url, referrer) in
        [("https://shop.example/?utm_medium=x", ""), ("https://shop.example/", "https://t.co/")]
    {
        let source = admitted("page_view", url, referrer).unwrap();
        assert!(CHANNELS.contains(&channel(&source, &[]).name));
    }
    assert_eq!(channel(&Source::default(), &[]).name, "Direct");
}
