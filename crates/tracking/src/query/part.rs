//! What questions are answered from.

use super::fragments::Scope;

/// What some of a query's metrics are computed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// Sums per page and day.
    PageDay,
    /// Sessions, by their start.
    Sessions,
    /// Events, by their own time.
    Events,
    /// The sessions of matching events.
    Visits,
    /// Page views with their scroll depth.
    Scrolls,
    /// What browsers measured of pages.
    Vitals,
    /// Orders, by the time they were placed.
    Orders,
}

impl Part {
    /// Where the expressions of its metrics are written.
    pub(super) const fn metrics(self) -> Scope {
        match self {
            Self::PageDay => Scope::PageDay,
            Self::Sessions | Self::Visits => Scope::Sessions,
            Self::Events => Scope::Events,
            Self::Scrolls => Scope::Scrolls,
            Self::Vitals => Scope::Vitals,
            Self::Orders => Scope::Orders,
        }
    }

    /// Where the expressions of its dimensions and filters are written.
    pub(super) const fn dimensions(self) -> Scope {
        match self {
            Self::PageDay => Scope::PageDay,
            Self::Sessions => Scope::Sessions,
            Self::Events | Self::Visits | Self::Scrolls => Scope::Events,
            Self::Vitals => Scope::Vitals,
            Self::Orders => Scope::Orders,
        }
    }
}
