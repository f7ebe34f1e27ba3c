//! Who said what when, and what came of it.

use std::fmt;
use std::str::FromStr;
use ut_core::event::Consent;
use ut_core::site::Mode;

/// What visitors decide about, each independent of the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Axis {
    /// Measuring beyond the cookieless default.
    Analytics,
    /// Forwarding to advertisers.
    Marketing,
    /// Personalised content.
    Personalization,
}

impl Axis {
    /// All three, in the order of [`Resolved::why`].
    pub const ALL: [Self; 3] = [Self::Analytics, Self::Marketing, Self::Personalization];

    /// The word in requests and answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Analytics => "analytics",
            Self::Marketing => "marketing",
            Self::Personalization => "personalization",
        }
    }
}

/// Through what a visitor spoke. Each of them is an explicit choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignalSource {
    /// The shop's own code.
    Api,
    /// The banner that comes with the tracker.
    Banner,
    /// An adapter of a consent platform that speaks no standard.
    Cmp,
    /// Google Consent Mode.
    Gcm,
    /// IAB Europe's Transparency and Consent Framework.
    Tcf,
    /// IAB's Global Privacy Platform.
    Gpp,
}

/// The text names no source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a source of consent is api, banner, cmp, gcm, tcf or gpp")]
pub struct UnknownSource;

impl SignalSource {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Api, Self::Banner, Self::Cmp, Self::Gcm, Self::Tcf, Self::Gpp];

    /// The word in requests and answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Banner => "banner",
            Self::Cmp => "cmp",
            Self::Gcm => "gcm",
            Self::Tcf => "tcf",
            Self::Gpp => "gpp",
        }
    }
}

impl FromStr for SignalSource {
    type Err = UnknownSource;

    fn from_str(word: &str) -> Result<Self, UnknownSource> {
        Self::ALL.into_iter().find(|source| source.as_str() == word).ok_or(UnknownSource)
    }
}

/// What a visitor said at one time. An axis that was not spoken of is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signal {
    /// Through what.
    pub source: SignalSource,
    /// When, Unix milliseconds. Without it a grant counts as the oldest signal, a denial as one of now.
    pub at: Option<i64>,
    /// Measuring.
    pub analytics: Option<bool>,
    /// Advertising.
    pub marketing: Option<bool>,
    /// Personalised content.
    pub personalization: Option<bool>,
}

impl Signal {
    /// What was said of an axis.
    #[must_use]
    pub const fn of(&self, axis: Axis) -> Option<bool> {
        match axis {
            Axis::Analytics => self.analytics,
            Axis::Marketing => self.marketing,
            Axis::Personalization => self.personalization,
        }
    }
}

/// All that is known of a visitor's will.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Said<'a> {
    /// Their choices, in any order.
    pub signals: &'a [Signal],
    /// Their browser sends Global Privacy Control.
    pub gpc: bool,
    /// They have opted out of being counted at all.
    pub opted_out: bool,
}

/// What may be collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Collect {
    /// Nothing.
    Nothing,
    /// Events of a visitor known by a hash whose salt is destroyed.
    Cookieless,
    /// Events of a visitor known by a cookie.
    Cookie,
}

impl Collect {
    /// The word in answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Cookieless => "cookieless",
            Self::Cookie => "cookie",
        }
    }
}

/// What follows from what a visitor said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resolved {
    /// The axes.
    pub consent: Consent,
    /// What may be collected.
    pub collect: Collect,
    /// What decided each axis, in the order of [`Axis::ALL`].
    pub why: [Why; 3],
}

/// What decided an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The visitor opted out of everything.
    OptedOut,
    /// Global Privacy Control.
    Gpc,
    /// A mode that never grants this.
    Never(Mode),
    /// The latest signal.
    Signal {
        /// Through what it came.
        source: SignalSource,
        /// When, if it says so.
        at: Option<i64>,
        /// What it said.
        granted: bool,
    },
    /// Nobody said anything: the site's mode.
    Mode {
        /// The mode.
        mode: Mode,
        /// What it says.
        granted: bool,
    },
}

impl Why {
    /// Is the axis granted?
    #[must_use]
    pub const fn granted(self) -> bool {
        match self {
            Self::OptedOut | Self::Gpc | Self::Never(_) => false,
            Self::Signal { granted, .. } | Self::Mode { granted, .. } => granted,
        }
    }
}

/// For people.
impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.granted() { "granted" } else { "denied" };
        match self {
            Self::OptedOut => write!(f, "{verdict}: the visitor has opted out"),
            Self::Gpc => write!(f, "{verdict}: Global Privacy Control"),
            Self::Never(mode) => write!(f, "{verdict}: the mode {mode} never grants it"),
            Self::Mode { mode, .. } => write!(f, "{verdict}: no choice was made, and the mode is {mode}"),
            Self::Signal { source, at, .. } => {
                write!(f, "{verdict}: the latest choice, source {}, ", source.as_str())?;
                match at.map(|at| (at, jiff::Timestamp::from_millisecond(at))) {
                    Some((_, Ok(time))) => write!(f, "{time}"),
                    Some((at, Err(_))) => write!(f, "{at} ms"),
                    None => f.write_str("undated"),
                }
            }
        }
    }
}
