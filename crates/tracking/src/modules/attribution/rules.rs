//! Why a visit was understood as it was.

use super::channels::channel;
use super::sources::{Surroundings, resolve};
use serde::Serialize;
use ut_core::event::Source;

/// Source, medium, campaign and click id of a visit that nobody sent.
const DIRECT: [&str; 4] = ["(direct)", "(none)", "", ""];

/// Why a visit was understood as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// Who, `(direct)` for nobody.
    pub source: String,
    /// How, `(none)` without a source.
    pub medium: String,
    /// The campaign, or empty.
    pub campaign: String,
    /// The kind of click id, or empty.
    pub click_id: String,
    /// The channel, without a site's own rules.
    pub channel: String,
    /// What named the source, and what the channel.
    pub rule: String,
}

impl Explanation {
    fn new([source, medium, campaign, click_id]: [&str; 4], channel: &str, rule: String) -> Self {
        let [source, medium, campaign, click_id, channel] =
            [source, medium, campaign, click_id, channel].map(str::to_owned);
        Self { source, medium, campaign, click_id, channel, rule }
    }
}

/// Explains a visit to `url` from `referrer`, without a site's settings.
#[must_use]
pub fn explain(url: &str, referrer: &str) -> Explanation {
    let resolution = resolve(url, referrer, &Surroundings::default());
    let reason = resolution.reason;
    let Some(source) = resolution.source else {
        return Explanation::new(DIRECT, channel(&Source::default(), &[]).name, reason.to_string());
    };
    let channel = channel(&source, &[]);
    let rule = format!("{reason}; {}", channel.rule);
    Explanation::new([&source.source, &source.medium, &source.campaign, &source.click_id], channel.name, rule)
}
