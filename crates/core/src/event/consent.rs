//! What a visitor has agreed to. The axes are independent of each other.

use serde::{Deserialize, Serialize};

/// The three axes as they stood when the event was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Consent {
    /// Measuring beyond the cookieless default.
    pub analytics: bool,
    /// Forwarding to advertisers.
    pub marketing: bool,
    /// Personalised content.
    pub personalization: bool,
}

impl Consent {
    /// One bit per axis: 1 analytics, 2 marketing, 4 personalization.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.analytics as u8 | (self.marketing as u8) << 1 | (self.personalization as u8) << 2
    }
}
