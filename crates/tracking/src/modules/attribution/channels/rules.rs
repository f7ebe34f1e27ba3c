//! GA4's default channel groups, in Google's order (<https://support.google.com/analytics/answer/9756891>), after the
//! site's own rules. Where we deviate, README.md says so.

use crate::modules::attribution::hosts::{Kind, by_name, key};
use crate::modules::attribution::sources::{click_id, is_display, is_paid};
use std::borrow::Cow;
use ut_core::event::Source;
use ut_core::site::{ChannelField, ChannelOp, ChannelRule, glob};

/// Every built-in channel, in the order of the rules.
pub const CHANNELS: &[&str] = &[
    "Direct",
    "Cross-network",
    "Paid Shopping",
    "Paid Search",
    "Paid Social",
    "Paid Video",
    "Display",
    "Paid Other",
    "Organic Shopping",
    "Organic Social",
    "Organic Video",
    "AI Assistant",
    "Organic Search",
    "Referral",
    "Email",
    "Affiliates",
    "Audio",
    "SMS",
    "Mobile Push Notifications",
    UNASSIGNED,
];

/// No rule fits.
const UNASSIGNED: &str = "Unassigned";

/// Spellings of e-mail as source or medium; Google's list, and newsletters.
const EMAIL: [&str; 5] = ["email", "e-mail", "e_mail", "e mail", "newsletter"];
/// Media of social networks; Google's list.
const SOCIAL: [&str; 6] =
    ["social", "social-network", "social-media", "sm", "social network", "social media"];

/// A channel and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel<'a> {
    /// Its name: one of [`CHANNELS`], or one of the site's own.
    pub name: &'a str,
    /// The rule that fitted, for people.
    pub rule: Cow<'static, str>,
}

/// The channel of a stored source. An empty source is `Direct`.
#[must_use]
pub fn channel<'a>(source: &Source, site_rules: &'a [ChannelRule]) -> Channel<'a> {
    let own = site_rules.iter().enumerate().find(|(_, rule)| fits(rule, source));
    if let Some((index, rule)) = own {
        return Channel { name: &rule.channel, rule: Cow::Owned(format!("site rule {}", index + 1)) };
    }
    let traits = Traits::of(source);
    let built_in = RULES.iter().find(|rule| (rule.fits)(&traits));
    built_in.map_or(Channel { name: UNASSIGNED, rule: Cow::Borrowed("no rule fits") }, |rule| Channel {
        name: rule.channel,
        rule: Cow::Borrowed(rule.why),
    })
}

fn fits(rule: &ChannelRule, source: &Source) -> bool {
    let field = match rule.field {
        ChannelField::Source => &source.source,
        ChannelField::Medium => &source.medium,
        ChannelField::Campaign => &source.campaign,
        ChannelField::ClickId => &source.click_id,
        ChannelField::Referrer => &source.referrer,
    };
    let (field, value) = (field.to_lowercase(), rule.value.to_lowercase());
    match rule.op {
        ChannelOp::Is => field == value,
        ChannelOp::Contains => field.contains(&value),
        ChannelOp::Matches => glob(&value, &field),
    }
}

/// What the built-in rules look at, in lower case.
#[derive(Debug)]
pub(super) struct Traits {
    source: String,
    medium: String,
    campaign: String,
    kind: Option<Kind>,
    paid: bool,
    shop_campaign: bool,
}

impl Traits {
    pub(super) fn of(source: &Source) -> Self {
        let name = source.source.to_lowercase();
        let (medium, campaign) = (source.medium.to_lowercase(), source.campaign.to_lowercase());
        let known = by_name(&name);
        // Whoever names a display medium has said how the click was bought.
        let proven = !is_display(&medium)
            && proves_payment(&source.click_id, known.map_or(&*name, |known| known.name));
        Self {
            paid: is_paid(&medium) || proven || known.is_some_and(|known| known.bought),
            shop_campaign: names_a_shop(&campaign),
            kind: known.map(|known| known.kind),
            source: name,
            medium,
            campaign,
        }
    }

    fn is(&self, kind: Kind) -> bool {
        self.kind == Some(kind)
    }

    fn either(&self, words: &[&str]) -> bool {
        words.contains(&&*self.source) || words.contains(&&*self.medium)
    }
}

/// A click id of ads proves payment where the source is the network it belongs to: `gclid` with `google`.
fn proves_payment(kind: &str, source: &str) -> bool {
    click_id(kind).is_some_and(|click| click.is_proof() && click.network == source)
}

/// Google's expression `^(.*(([^a-df-z]|^)shop|shopping).*)$` on a campaign in lower case: `eshop` is one, `workshop`
/// is none.
fn names_a_shop(campaign: &str) -> bool {
    campaign.contains("shopping")
        || campaign
            .match_indices("shop")
            .any(|(at, _)| !campaign[..at].ends_with(|before: char| matches!(before, 'a'..='d' | 'f'..='z')))
}

/// A built-in rule.
pub(super) struct Rule {
    pub(super) channel: &'static str,
    why: &'static str,
    pub(super) fits: fn(&Traits) -> bool,
}

const fn rule(channel: &'static str, why: &'static str, fits: fn(&Traits) -> bool) -> Rule {
    Rule { channel, why, fits }
}

/// The built-in rules; the first that fits wins.
pub(super) const RULES: [Rule; 19] = [
    rule("Direct", "no source and no medium", |t| {
        matches!(&*t.source, "" | "(direct)") && matches!(&*t.medium, "" | "(not set)" | "(none)")
    }),
    rule("Cross-network", "a cross-network campaign", |t| t.campaign.contains("cross-network")),
    rule("Paid Shopping", "a shopping site or campaign, paid", |t| {
        (t.is(Kind::Shopping) || t.shop_campaign) && t.paid
    }),
    rule("Paid Search", "a search engine, paid", |t| t.is(Kind::Search) && t.paid),
    rule("Paid Social", "a social network, paid", |t| t.is(Kind::Social) && t.paid),
    rule("Paid Video", "a video site, paid", |t| t.is(Kind::Video) && t.paid),
    rule("Display", "a display medium", |t| is_display(&t.medium)),
    rule("Paid Other", "paid", |t| t.paid),
    rule("Organic Shopping", "a shopping site or campaign", |t| t.is(Kind::Shopping) || t.shop_campaign),
    rule("Organic Social", "a social network or medium", |t| {
        t.is(Kind::Social) || SOCIAL.contains(&&*t.medium)
    }),
    rule("Organic Video", "a video site or medium", |t| t.is(Kind::Video) || t.medium.contains("video")),
    rule("AI Assistant", "an AI assistant", |t| t.is(Kind::Assistant) || key(&t.medium) == "aiassistant"),
    rule("Organic Search", "a search engine or the medium organic", |t| {
        t.is(Kind::Search) || t.medium == "organic"
    }),
    rule("Referral", "the medium of a link", |t| matches!(&*t.medium, "referral" | "app" | "link")),
    rule("Email", "a mail reader, a newsletter or the medium of mail", |t| {
        t.is(Kind::Email) || t.either(&EMAIL)
    }),
    rule("Affiliates", "the medium affiliate", |t| t.medium == "affiliate"),
    rule("Audio", "the medium audio", |t| t.medium == "audio"),
    rule("SMS", "source or medium sms", |t| t.either(&["sms"])),
    rule("Mobile Push Notifications", "a medium of push messages", |t| {
        t.medium.ends_with("push")
            || t.medium.contains("mobile")
            || t.medium.contains("notification")
            || t.source == "firebase"
    }),
];
