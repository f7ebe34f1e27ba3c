//! What questions are answered from.

use super::fragments::Scope;
use super::plan::Traffic;

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

impl Traffic {
    /// Which rows of a part are people's.
    pub(super) fn condition(self, part: Part) -> String {
        match part {
            // What the shop confirms is no machine's, and what a machine says does not count.
            Part::Orders => String::new(),
            Part::Sessions if !self.bots && !self.staging => "AND who % 2 = 1 ".to_owned(),
            _ => {
                let bots = if self.bots { "" } else { "AND bot = '' " };
                [bots, if self.staging { "" } else { "AND staging = 0 " }].concat()
            }
        }
    }
}
