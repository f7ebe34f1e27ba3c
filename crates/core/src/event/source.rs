//! What brought a visitor to the shop.

use serde::{Deserialize, Serialize};

/// What brought a visitor, as stored; the channel is derived from it at query time. Empty where not said.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Source {
    /// Who, e.g. `google`, `newsletter`.
    pub source: String,
    /// How, e.g. `cpc`, `organic`.
    pub medium: String,
    /// The campaign.
    pub campaign: String,
    /// The campaign's search term.
    pub term: String,
    /// Which of the campaign's links.
    pub content: String,
    /// Kind of the click id, e.g. `gclid`; never its value.
    pub click_id: String,
    /// Host of the referring page.
    pub referrer: String,
}
