//! What a funnel is.

/// One step: an event, on certain pages if it says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    /// As it was asked for: `page_view:/cart*`.
    pub(super) text: String,
    /// The event's name.
    pub(super) name: String,
    /// A pattern of paths, `*` is anything.
    pub(super) page: Option<String>,
}

/// Within what the steps have to follow each other, and who takes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Window {
    /// A visit, by that visit.
    Session,
    /// So many days from the first step on, by a visitor.
    Days(u16),
}

/// Whose steps are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Visits {
    /// Those of visits that began in the range, whole.
    Begun,
    /// Those of visits that took one in the last minutes, until now.
    Late,
}

/// A funnel that can be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Funnel {
    pub(super) steps: Vec<Step>,
    pub(super) window: Window,
    pub(super) visits: Visits,
    /// The dimension it is broken down by.
    pub(super) breakdown: Option<String>,
}
