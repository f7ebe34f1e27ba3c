//! Which signal decides, and what may be collected.

use super::facts::{Axis, Collect, Resolved, Said, Signal, Why};
use ut_core::event::Consent;
use ut_core::site::Mode;

/// What follows from what a visitor said, on a site with this mode. `now` is in Unix milliseconds.
#[must_use]
pub fn resolve(mode: Mode, said: Said<'_>, now: i64) -> Resolved {
    let why = Axis::ALL.map(|axis| decide(axis, mode, said, now));
    let [analytics, marketing, personalization] = why.map(Why::granted);
    let consent = Consent { analytics, marketing, personalization };
    Resolved { consent, collect: collect(why[0], mode), why }
}

fn decide(axis: Axis, mode: Mode, said: Said<'_>, now: i64) -> Why {
    let measures = axis == Axis::Analytics;
    if said.opted_out {
        return Why::OptedOut;
    }
    if said.gpc && !measures {
        return Why::Gpc;
    }
    if mode == Mode::Cnil && !measures {
        return Why::Never(mode);
    }
    latest(axis, said.signals, now).unwrap_or(Why::Mode { mode, granted: grants(mode, axis) })
}

/// The latest signal that speaks of an axis; at equal time, a denial.
fn latest(axis: Axis, signals: &[Signal], now: i64) -> Option<Why> {
    let spoken = signals.iter().filter_map(|signal| Some((signal, signal.of(axis)?)));
    let (signal, granted) = spoken.max_by_key(|(signal, granted)| {
        let undated = if *granted { i64::MIN } else { now };
        // A clock that is fast must not put a grant beyond every later denial.
        let at = signal.at.map_or(undated, |at| at.min(now));
        (at, !granted, signal.source, signal.at)
    })?;
    Some(Why::Signal { source: signal.source, at: signal.at, granted })
}

/// What a mode says of an axis that nobody spoke of.
fn grants(mode: Mode, axis: Axis) -> bool {
    match mode {
        Mode::Strict | Mode::Cookieless => false,
        Mode::Cnil | Mode::Analytics => axis == Axis::Analytics,
        Mode::Full => true,
    }
}

fn collect(analytics: Why, mode: Mode) -> Collect {
    match (analytics, mode) {
        (Why::OptedOut, _) => Collect::Nothing,
        (why, _) if why.granted() => Collect::Cookie,
        (_, Mode::Strict | Mode::Cnil) => Collect::Nothing,
        (_, Mode::Cookieless | Mode::Analytics | Mode::Full) => Collect::Cookieless,
    }
}
