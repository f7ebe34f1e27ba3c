//! What a text says, and why one says nothing.

use super::super::facts::{Signal, SignalSource};

const DAY: i64 = 86_400_000;

/// A standard's text can be read.
pub trait Decode {
    /// What the text says.
    fn decode(&self, raw: &str) -> Result<Decoded, NotUnderstood>;
}

/// What a text says of which axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Decoded {
    /// When it was last changed, Unix milliseconds, where it says so.
    pub at: Option<i64>,
    /// Measuring.
    pub analytics: Option<bool>,
    /// Advertising.
    pub marketing: Option<bool>,
    /// Personalised content.
    pub personalization: Option<bool>,
}

impl Decoded {
    /// The signal that it is, when it was sent with a time of its own.
    ///
    /// The text's time counts: consent platforms repeat an old text on every page. But since TCF 2.2 a text knows only the
    /// day, and within that day the sender knows better.
    #[must_use]
    pub fn signal(self, source: SignalSource, sent: Option<i64>) -> Signal {
        let Self { at, analytics, marketing, personalization } = self;
        let within = |day: i64| day % DAY == 0 && sent.is_some_and(|sent| sent.div_euclid(DAY) == day / DAY);
        let at = if at.is_none_or(within) { sent } else { at };
        Signal { source, at, analytics, marketing, personalization }
    }

    /// Does it say anything?
    pub(super) const fn speaks(&self) -> bool {
        self.analytics.is_some() || self.marketing.is_some() || self.personalization.is_some()
    }

    /// What two parts of one text say together: a denial in either is one, and it has a time if both have.
    pub(super) fn and(self, other: Self) -> Self {
        if !self.speaks() || !other.speaks() {
            return if self.speaks() { self } else { other };
        }
        let both = |a: Option<bool>, b: Option<bool>| a.zip(b).map(|(a, b)| a && b).or(a).or(b);
        Self {
            at: self.at.zip(other.at).map(|(a, b)| a.min(b)),
            analytics: both(self.analytics, other.analytics),
            marketing: both(self.marketing, other.marketing),
            personalization: both(self.personalization, other.personalization),
        }
    }
}

/// Why a text says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotUnderstood {
    /// It is of characters that the standard does not use.
    #[error("it has other characters than those of URL-safe base64")]
    Characters,
    /// It is cut off.
    #[error("it ends too early")]
    Short,
    /// It is of another version.
    #[error("its version is none that can be read")]
    Version,
    /// A value has no meaning.
    #[error("a value in it has no meaning")]
    Value,
    /// Since 1 March 2026 a TC string lists the vendors that were shown.
    #[error("it is newer than 28 February 2026 and has no segment of disclosed vendors (TCF 2.3)")]
    NoDisclosedVendors,
    /// A GPP string's header lists its sections.
    #[error("it is no GPP string, or its header does not fit its sections")]
    Header,
    /// None of its sections can be read.
    #[error("it has no section that can be read")]
    Unknown,
    /// Google Consent Mode is an object of words.
    #[error("it is no object whose values are \"granted\" or \"denied\"")]
    Object,
}
