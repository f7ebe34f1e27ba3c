//! Every channel, every deviation, and the order of the rules.

use super::rules::{RULES, Rule, Traits};
use super::*;
use std::collections::HashSet;
use ut_core::event::Source;
use ut_core::site::{ChannelField, ChannelOp, ChannelRule};

fn source([source, medium, campaign, click_id]: [&str; 4]) -> Source {
    let [source, medium, campaign, click_id] = [source, medium, campaign, click_id].map(str::to_owned);
    Source { source, medium, campaign, click_id, ..Source::default() }
}

/// Source, medium, campaign, click id; channel.
const CASES: &[([&str; 4], &str)] = &[
    (["", "", "", ""], "Direct"),
    (["(direct)", "(none)", "", ""], "Direct"),
    (["(direct)", "(not set)", "", ""], "Direct"),
    (["(direct)", "", "cross-network", ""], "Direct"),
    (["(direct)", "", "shopping", ""], "Direct"),
    (["(direct)", "", "", "gclid"], "Direct"),
    (["(direct)", "email", "", ""], "Email"),
    (["google", "cpc", "Cross-network", "gclid"], "Cross-network"),
    (["google", "", "summer cross-network", ""], "Cross-network"),
    (["facebook", "cpc", "cross-network", ""], "Cross-network"),
    (["youtube", "cpc", "cross-network", ""], "Cross-network"),
    (["amazon", "cpc", "cross-network", ""], "Cross-network"),
    (["amazon", "", "cross-network", ""], "Cross-network"),
    (["facebook", "", "cross-network", ""], "Cross-network"),
    (["youtube", "", "cross-network", ""], "Cross-network"),
    (["chatgpt", "", "cross-network", ""], "Cross-network"),
    (["klaviyo", "", "cross-network", ""], "Cross-network"),
    (["partner", "display", "cross-network", ""], "Cross-network"),
    (["partner", "cpc", "cross-network", ""], "Cross-network"),
    (["partner", "referral", "cross-network", ""], "Cross-network"),
    (["partner", "affiliate", "cross-network", ""], "Cross-network"),
    (["partner", "audio", "cross-network", ""], "Cross-network"),
    (["partner", "sms", "cross-network", ""], "Cross-network"),
    (["partner", "push", "cross-network", ""], "Cross-network"),
    (["amazon", "cpc", "", ""], "Paid Shopping"),
    (["google shopping", "paid", "", ""], "Paid Shopping"),
    (["google", "cpc", "eshop", ""], "Paid Shopping"),
    (["google", "cpc", "shopping-de", "gclid"], "Paid Shopping"),
    (["facebook", "cpc", "shop", ""], "Paid Shopping"),
    (["youtube", "cpc", "shop", ""], "Paid Shopping"),
    (["amazon", "cpm", "", ""], "Paid Shopping"),
    (["partner", "ppc", "my-shop", ""], "Paid Shopping"),
    (["chatgpt", "cpc", "shop", ""], "Paid Shopping"),
    (["klaviyo", "cpc", "shop", ""], "Paid Shopping"),
    (["sms", "cpc", "shop", ""], "Paid Shopping"),
    (["firebase", "cpc", "shop", ""], "Paid Shopping"),
    (["google", "cpc", "workshop", ""], "Paid Search"),
    (["google", "cpc", "", ""], "Paid Search"),
    (["Bing", "PPC", "", ""], "Paid Search"),
    (["google", "cpm", "", ""], "Paid Search"),
    (["google", "paid-mobile", "", ""], "Paid Search"),
    (["google", "paid-video", "", ""], "Paid Search"),
    (["google", "paid-push", "", ""], "Paid Search"),
    (["facebook", "cpc", "", ""], "Paid Social"),
    (["instagram", "paid_social", "", ""], "Paid Social"),
    (["facebook", "cpm", "", ""], "Paid Social"),
    (["facebook", "paid-video", "", ""], "Paid Social"),
    (["facebook", "paid-mobile", "", ""], "Paid Social"),
    (["youtube", "cpv", "", ""], "Paid Video"),
    (["youtube", "cpm", "", ""], "Paid Video"),
    (["youtube", "paid-mobile", "", ""], "Paid Video"),
    (["partner", "display", "", ""], "Display"),
    (["partner", "banner", "", ""], "Display"),
    (["partner", "cpm", "", ""], "Display"),
    (["partner", "display", "shop", ""], "Display"),
    (["google", "display", "", ""], "Display"),
    (["facebook", "banner", "", ""], "Display"),
    (["youtube", "interstitial", "", ""], "Display"),
    (["amazon", "expandable", "", ""], "Display"),
    (["chatgpt", "display", "", ""], "Display"),
    (["klaviyo", "banner", "", ""], "Display"),
    (["sms", "banner", "", ""], "Display"),
    (["firebase", "banner", "", ""], "Display"),
    (["partner", "cpc", "", ""], "Paid Other"),
    (["partner", "retargeting", "", ""], "Paid Other"),
    (["chatgpt", "cpc", "", ""], "Paid Other"),
    (["klaviyo", "cpc", "", ""], "Paid Other"),
    (["sms", "cpc", "", ""], "Paid Other"),
    (["firebase", "cpc", "", ""], "Paid Other"),
    (["partner", "paid-push", "", ""], "Paid Other"),
    (["partner", "paid-video", "", ""], "Paid Other"),
    (["amazon", "referral", "", ""], "Organic Shopping"),
    (["newsletter", "email", "eshop-week", ""], "Organic Shopping"),
    (["google", "organic", "shop", ""], "Organic Shopping"),
    (["facebook", "social", "shop", ""], "Organic Shopping"),
    (["youtube", "referral", "shop", ""], "Organic Shopping"),
    (["chatgpt", "ai-assistant", "shop", ""], "Organic Shopping"),
    (["partner", "affiliate", "shop", ""], "Organic Shopping"),
    (["partner", "audio", "shop", ""], "Organic Shopping"),
    (["partner", "sms", "shop", ""], "Organic Shopping"),
    (["partner", "push", "shop", ""], "Organic Shopping"),
    (["amazon", "social", "", ""], "Organic Shopping"),
    (["amazon", "video", "", ""], "Organic Shopping"),
    (["facebook", "social", "", ""], "Organic Social"),
    (["facebook", "referral", "", ""], "Organic Social"),
    (["partner", "social-media", "", ""], "Organic Social"),
    (["partner", "sm", "", ""], "Organic Social"),
    (["facebook", "email", "", ""], "Organic Social"),
    (["facebook", "organic", "", ""], "Organic Social"),
    (["facebook", "video", "", ""], "Organic Social"),
    (["facebook", "ai-assistant", "", ""], "Organic Social"),
    (["facebook", "affiliate", "", ""], "Organic Social"),
    (["facebook", "audio", "", ""], "Organic Social"),
    (["facebook", "sms", "", ""], "Organic Social"),
    (["facebook", "push", "", ""], "Organic Social"),
    (["youtube", "social", "", ""], "Organic Social"),
    (["chatgpt", "social", "", ""], "Organic Social"),
    (["google", "social", "", ""], "Organic Social"),
    (["klaviyo", "social", "", ""], "Organic Social"),
    (["sms", "social", "", ""], "Organic Social"),
    (["firebase", "social", "", ""], "Organic Social"),
    (["youtube", "referral", "", ""], "Organic Video"),
    (["partner", "video", "", ""], "Organic Video"),
    (["chatgpt", "video", "", ""], "Organic Video"),
    (["google", "video", "", ""], "Organic Video"),
    (["klaviyo", "video", "", ""], "Organic Video"),
    (["youtube", "ai-assistant", "", ""], "Organic Video"),
    (["youtube", "organic", "", ""], "Organic Video"),
    (["youtube", "email", "", ""], "Organic Video"),
    (["youtube", "affiliate", "", ""], "Organic Video"),
    (["youtube", "audio", "", ""], "Organic Video"),
    (["youtube", "sms", "", ""], "Organic Video"),
    (["youtube", "push", "", ""], "Organic Video"),
    (["sms", "video", "", ""], "Organic Video"),
    (["firebase", "video", "", ""], "Organic Video"),
    (["chatgpt", "ai-assistant", "(ai-assistant)", ""], "AI Assistant"),
    (["chatgpt", "referral", "", ""], "AI Assistant"),
    (["chatgpt", "organic", "", ""], "AI Assistant"),
    (["chatgpt", "email", "", ""], "AI Assistant"),
    (["chatgpt", "affiliate", "", ""], "AI Assistant"),
    (["chatgpt", "audio", "", ""], "AI Assistant"),
    (["chatgpt", "sms", "", ""], "AI Assistant"),
    (["chatgpt", "push", "", ""], "AI Assistant"),
    (["google", "ai-assistant", "", ""], "AI Assistant"),
    (["klaviyo", "ai-assistant", "", ""], "AI Assistant"),
    (["sms", "ai-assistant", "", ""], "AI Assistant"),
    (["firebase", "ai-assistant", "", ""], "AI Assistant"),
    (["claude.ai", "", "", ""], "AI Assistant"),
    (["partner", "AI Assistant", "", ""], "AI Assistant"),
    (["google", "organic", "", ""], "Organic Search"),
    (["google", "", "", ""], "Organic Search"),
    (["google", "referral", "", ""], "Organic Search"),
    (["google", "email", "", ""], "Organic Search"),
    (["google", "affiliate", "", ""], "Organic Search"),
    (["google", "audio", "", ""], "Organic Search"),
    (["google", "sms", "", ""], "Organic Search"),
    (["google", "push", "", ""], "Organic Search"),
    (["partner", "organic", "", ""], "Organic Search"),
    (["klaviyo", "organic", "", ""], "Organic Search"),
    (["sms", "organic", "", ""], "Organic Search"),
    (["firebase", "organic", "", ""], "Organic Search"),
    (["google", "organic", "", "srsltid"], "Organic Search"),
    (["partner.example", "referral", "", ""], "Referral"),
    (["partner.example", "app", "", ""], "Referral"),
    (["partner.example", "link", "", ""], "Referral"),
    (["klaviyo", "referral", "", ""], "Referral"),
    (["email", "referral", "", ""], "Referral"),
    (["sms", "referral", "", ""], "Referral"),
    (["firebase", "referral", "", ""], "Referral"),
    (["crm", "e-mail", "", ""], "Email"),
    (["E_Mail", "campaign", "", ""], "Email"),
    (["crm", "newsletter", "", ""], "Email"),
    (["klaviyo", "campaign", "", ""], "Email"),
    (["klaviyo", "affiliate", "", ""], "Email"),
    (["klaviyo", "audio", "", ""], "Email"),
    (["klaviyo", "sms", "", ""], "Email"),
    (["klaviyo", "push", "", ""], "Email"),
    (["sms", "email", "", ""], "Email"),
    (["firebase", "email", "", ""], "Email"),
    (["gmail", "email", "", ""], "Email"),
    (["awin", "affiliate", "", "awc"], "Affiliates"),
    (["sms", "affiliate", "", ""], "Affiliates"),
    (["firebase", "affiliate", "", ""], "Affiliates"),
    (["podcast", "audio", "", ""], "Audio"),
    (["sms", "audio", "", ""], "Audio"),
    (["firebase", "audio", "", ""], "Audio"),
    (["sms", "", "", ""], "SMS"),
    (["crm", "SMS", "", ""], "SMS"),
    (["sms", "push", "", ""], "SMS"),
    (["firebase", "sms", "", ""], "SMS"),
    (["firebase", "", "", ""], "Mobile Push Notifications"),
    (["crm", "web-push", "", ""], "Mobile Push Notifications"),
    (["crm", "mobile-x", "", ""], "Mobile Push Notifications"),
    (["crm", "notification", "", ""], "Mobile Push Notifications"),
    (["partner", "flyer", "", ""], "Unassigned"),
    (["partner", "", "", ""], "Unassigned"),
    (["(not set)", "(not set)", "spring", ""], "Unassigned"),
    // Click ids of ads are paid where the source is their network; those of social networks prove nothing.
    (["google", "organic", "", "gclid"], "Paid Search"),
    (["google", "", "", "gbraid"], "Paid Search"),
    (["google.com", "", "", "gclid"], "Paid Search"),
    (["bing", "referral", "", "msclkid"], "Paid Search"),
    (["google", "organic", "", "msclkid"], "Organic Search"),
    (["newsletter", "email", "", "gclid"], "Email"),
    (["google", "display", "", "gclid"], "Display"),
    (["google", "display", "", "dclid"], "Display"),
    (["facebook", "social", "", "fbclid"], "Organic Social"),
    (["facebook", "cpc", "", "fbclid"], "Paid Social"),
    (["instagram", "", "", "fbclid"], "Organic Social"),
    (["tiktok", "cpc", "", "ttclid"], "Paid Social"),
    (["yandex", "cpc", "", "yclid"], "Paid Search"),
    // Names that say that the click was bought.
    (["facebook_ads", "social", "", ""], "Paid Social"),
    (["yt-ads", "referral", "", ""], "Paid Video"),
    (["adwords", "", "", ""], "Paid Search"),
    // Our own spellings.
    (["ig", "", "", ""], "Organic Social"),
    (["www.facebook.com", "", "", ""], "Organic Social"),
];

#[test]
fn every_case() {
    let wrong: Vec<_> = CASES
        .iter()
        .map(|(parts, expected)| (parts, channel(&source(*parts), &[]).name.to_owned(), expected))
        .filter(|(_, found, expected)| found != *expected)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    println!("{} cases", CASES.len());
}

#[test]
fn every_channel_has_a_case() {
    let covered: HashSet<&str> = CASES.iter().map(|(_, channel)| *channel).collect();
    assert_eq!(CHANNELS.iter().copied().collect::<HashSet<_>>(), covered);
    assert_eq!(CHANNELS.len(), 20);
    let ruled: Vec<&str> = RULES.iter().map(|rule| rule.channel).chain(["Unassigned"]).collect();
    assert_eq!(CHANNELS, ruled);
}

fn first(rules: &[&Rule], traits: &Traits) -> &'static str {
    rules.iter().find(|rule| (rule.fits)(traits)).map_or("Unassigned", |rule| rule.channel)
}

/// Wherever two rules can both fit, one of the cases says which comes first: no two of them can change places unseen.
#[test]
fn the_order_of_the_rules_is_pinned() {
    let words = |list: &[&'static str]| list.to_vec();
    let sources = words(&[
        "(direct)", "google", "facebook", "amazon", "youtube", "chatgpt", "klaviyo", "sms", "firebase",
        "partner", "email",
    ]);
    let mut media = words(&[
        "",
        "cpc",
        "cpm",
        "display",
        "social",
        "video",
        "ai-assistant",
        "organic",
        "referral",
        "email",
        "affiliate",
        "audio",
        "sms",
        "push",
    ]);
    media.extend(["paid-video", "paid-push", "mobile"]);
    let mut overlapping = HashSet::new();
    for source_name in &sources {
        for medium in &media {
            for campaign in ["", "shop", "cross-network", "cross-network shop"] {
                let traits = Traits::of(&source([source_name, medium, campaign, ""]));
                let fitting: Vec<usize> =
                    (0..RULES.len()).filter(|index| (RULES[*index].fits)(&traits)).collect();
                if let Some((first, others)) = fitting.split_first() {
                    overlapping.extend(others.iter().map(|other| (*first, *other)));
                }
            }
        }
    }
    let unpinned: Vec<_> = overlapping
        .iter()
        .filter(|(earlier, later)| {
            // The later rule moved right before the earlier one.
            let mut rules: Vec<&Rule> = RULES.iter().collect();
            let moved = rules.remove(*later);
            rules.insert(*earlier, moved);
            CASES.iter().all(|(parts, expected)| first(&rules, &Traits::of(&source(*parts))) == *expected)
        })
        .map(|(earlier, later)| (RULES[*earlier].channel, RULES[*later].channel))
        .collect();
    println!("{} pairs of rules overlap", overlapping.len());
    assert!(overlapping.len() > 50 && unpinned.is_empty(), "{unpinned:?}");
    for (parts, expected) in CASES {
        let rules: Vec<&Rule> = RULES.iter().collect();
        assert_eq!(first(&rules, &Traits::of(&source(*parts))), *expected);
    }
}

fn own(field: ChannelField, op: ChannelOp, value: &str, channel: &str) -> ChannelRule {
    ChannelRule { field, op, value: value.to_owned(), channel: channel.to_owned() }
}

#[test]
fn a_sites_own_rules_come_first_and_in_their_order() {
    let rules = [
        own(ChannelField::Source, ChannelOp::Is, "Partner", "Partners"),
        own(ChannelField::Campaign, ChannelOp::Contains, "Influencer", "Influencers"),
        own(ChannelField::ClickId, ChannelOp::Is, "awc", "Awin"),
        own(ChannelField::Referrer, ChannelOp::Matches, "*.press.example", "Press"),
        own(ChannelField::Medium, ChannelOp::Is, "flyer", "Print"),
        own(ChannelField::Source, ChannelOp::Is, "partner", "Never"),
    ];
    let mut press = source(["news.press.example", "referral", "", ""]);
    press.referrer = "news.press.example".to_owned();
    let cases = [
        (source(["PARTNER", "cpc", "", ""]), "Partners", "site rule 1"),
        (source(["partner", "flyer", "influencer", ""]), "Partners", "site rule 1"),
        (source(["instagram", "social", "Spring-INFLUENCER-1", ""]), "Influencers", "site rule 2"),
        (source(["awin", "affiliate", "", "awc"]), "Awin", "site rule 3"),
        (press, "Press", "site rule 4"),
        (source(["z", "Flyer", "", ""]), "Print", "site rule 5"),
        (source(["google", "cpc", "", ""]), "Paid Search", "a search engine, paid"),
        (source(["z", "y", "", ""]), "Unassigned", "no rule fits"),
    ];
    for (source, name, rule) in cases {
        let found = channel(&source, &rules);
        assert_eq!((found.name, &*found.rule), (name, rule), "{source:?}");
    }
}
