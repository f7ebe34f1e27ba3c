//! Which of several signals decides, in every mode, in whatever order they come.

use super::{Axis, Collect, Resolved, Said, Signal, SignalSource, UnknownSource, Why, resolve};
use proptest::prelude::*;
use ut_core::event::Consent;
use ut_core::site::Mode;

const NOW: i64 = 1_795_000_000_000;

fn signal(source: SignalSource, at: Option<i64>, axes: [Option<bool>; 3]) -> Signal {
    let [analytics, marketing, personalization] = axes;
    Signal { source, at, analytics, marketing, personalization }
}

fn all(source: SignalSource, at: Option<i64>, granted: bool) -> Signal {
    signal(source, at, [Some(granted); 3])
}

fn of(mode: Mode, signals: &[Signal]) -> Resolved {
    resolve(mode, Said { signals, ..Said::default() }, NOW)
}

fn axes(Resolved { consent, .. }: Resolved) -> [bool; 3] {
    [consent.analytics, consent.marketing, consent.personalization]
}

#[test]
fn without_a_choice_the_mode_decides() {
    for (mode, expected, collect) in [
        (Mode::Strict, [false; 3], Collect::Nothing),
        (Mode::Cookieless, [false; 3], Collect::Cookieless),
        (Mode::Cnil, [true, false, false], Collect::Cookie),
        (Mode::Analytics, [true, false, false], Collect::Cookie),
        (Mode::Full, [true; 3], Collect::Cookie),
    ] {
        let resolved = of(mode, &[]);
        assert_eq!((axes(resolved), resolved.collect), (expected, collect), "{mode}");
        let other_axes = of(mode, &[signal(SignalSource::Api, Some(1), [None, Some(false), None])]);
        assert_eq!(other_axes.collect, collect, "{mode}: nothing was said of analytics");
    }
}

#[test]
fn a_choice_decides_in_every_mode() {
    for (mode, denied) in [
        (Mode::Strict, Collect::Nothing),
        (Mode::Cookieless, Collect::Cookieless),
        (Mode::Cnil, Collect::Nothing),
        (Mode::Analytics, Collect::Cookieless),
        (Mode::Full, Collect::Cookieless),
    ] {
        let no = of(mode, &[all(SignalSource::Banner, Some(1), false)]);
        assert_eq!((axes(no), no.collect), ([false; 3], denied), "{mode}");
        let yes = of(mode, &[all(SignalSource::Banner, Some(1), true)]);
        let never = mode != Mode::Cnil;
        assert_eq!((axes(yes), yes.collect), ([true, never, never], Collect::Cookie), "{mode}");
    }
}

#[test]
fn the_latest_signal_wins_axis_by_axis() {
    let early = signal(SignalSource::Tcf, Some(1_000), [Some(true), Some(true), None]);
    let late = signal(SignalSource::Gpp, Some(2_000), [None, Some(false), None]);
    let resolved = of(Mode::Cookieless, &[late, early]);
    assert_eq!(axes(resolved), [true, false, false]);
    let [analytics, marketing, personalization] = resolved.why;
    assert_eq!(analytics, Why::Signal { source: SignalSource::Tcf, at: Some(1_000), granted: true });
    assert_eq!(marketing, Why::Signal { source: SignalSource::Gpp, at: Some(2_000), granted: false });
    assert_eq!(personalization, Why::Mode { mode: Mode::Cookieless, granted: false });
}

#[test]
fn an_undated_grant_is_the_oldest_and_an_undated_denial_is_of_now() {
    let [yes, no] = [true, false].map(|granted| all(SignalSource::Cmp, None, granted));
    let dated = |granted| all(SignalSource::Api, Some(NOW - 1), granted);
    assert_eq!(axes(of(Mode::Full, &[yes, dated(false)])), [false; 3]);
    assert_eq!(axes(of(Mode::Strict, &[no, dated(true)])), [false; 3]);
    assert_eq!(axes(of(Mode::Strict, &[yes])), [true; 3], "the oldest signal, when it is the only one");
    assert_eq!(axes(of(Mode::Full, &[yes, no])), [false; 3]);
}

#[test]
fn a_fast_clock_does_not_outlast_a_denial() {
    let future = all(SignalSource::Api, Some(NOW + 86_400_000), true);
    assert_eq!(axes(of(Mode::Full, &[future, all(SignalSource::Banner, Some(NOW), false)])), [false; 3]);
}

#[test]
fn an_opt_out_is_above_everything() {
    let signals = [all(SignalSource::Api, Some(NOW), true)];
    for mode in Mode::ALL {
        let resolved = resolve(mode, Said { signals: &signals, gpc: true, opted_out: true }, NOW);
        assert_eq!(resolved.consent, Consent::default());
        assert_eq!((resolved.collect, resolved.why), (Collect::Nothing, [Why::OptedOut; 3]), "{mode}");
    }
}

#[test]
fn people_can_read_why() {
    let at = Some(1_764_590_400_000);
    let cases = [
        (Why::OptedOut, "denied: the visitor has opted out"),
        (Why::Gpc, "denied: Global Privacy Control"),
        (Why::Never(Mode::Cnil), "denied: the mode cnil never grants it"),
        (Why::Mode { mode: Mode::Full, granted: true }, "granted: no choice was made, and the mode is full"),
        (
            Why::Signal { source: SignalSource::Tcf, at, granted: true },
            "granted: the latest choice, source tcf, 2025-12-01T12:00:00Z",
        ),
        (
            Why::Signal { source: SignalSource::Cmp, at: None, granted: false },
            "denied: the latest choice, source cmp, undated",
        ),
        (
            Why::Signal { source: SignalSource::Api, at: Some(i64::MAX), granted: false },
            "denied: the latest choice, source api, 9223372036854775807 ms",
        ),
    ];
    for (why, text) in cases {
        assert_eq!(why.to_string(), text);
    }
}

#[test]
fn a_source_has_one_word() {
    for source in SignalSource::ALL {
        assert_eq!(source.as_str().parse(), Ok(source));
        assert!(UnknownSource.to_string().contains(source.as_str()), "the message names {source:?}");
    }
    assert_eq!("gpc".parse::<SignalSource>(), Err(UnknownSource), "it is no choice of this site's visitor");
    assert_eq!([Axis::Analytics.as_str(), Axis::Marketing.as_str()], ["analytics", "marketing"]);
}

/// Times that often coincide, some beyond now, some missing.
fn some_time() -> impl Strategy<Value = Option<i64>> {
    prop_oneof![
        Just(None),
        (0_i64..6).prop_map(Some),
        (-3_i64..3).prop_map(|off| Some(NOW + off)),
        any::<i64>().prop_map(Some)
    ]
}

fn some_signal() -> impl Strategy<Value = Signal> {
    (prop::sample::select(&SignalSource::ALL[..]), some_time(), any::<[Option<bool>; 3]>())
        .prop_map(|(source, at, axes)| signal(source, at, axes))
}

fn some_mode() -> impl Strategy<Value = Mode> {
    prop::sample::select(&Mode::ALL[..])
}

proptest! {
    #[test]
    fn the_order_of_signals_does_not_matter(
        (signals, shuffled) in prop::collection::vec(some_signal(), 0..6)
            .prop_flat_map(|signals| (Just(signals.clone()), Just(signals).prop_shuffle())),
        mode in some_mode(),
        gpc in any::<bool>(),
    ) {
        let of = |signals: &[Signal]| resolve(mode, Said { signals, gpc, opted_out: false }, NOW);
        prop_assert_eq!(of(&signals), of(&shuffled));
    }

    #[test]
    fn a_denial_after_every_grant_wins(
        signals in prop::collection::vec(some_signal(), 0..6),
        mode in some_mode(),
        source in prop::sample::select(&SignalSource::ALL[..]),
        dated in any::<bool>(),
    ) {
        let granted = signals.iter().flat_map(|signal| Axis::ALL.map(|axis| (signal, signal.of(axis))));
        let last = granted.filter(|(_, said)| *said == Some(true)).filter_map(|(signal, _)| signal.at).max();
        let at = if dated { last.or(Some(0)) } else { None };
        let denial = all(source, at, false);
        let resolved = of(mode, &[&signals[..], &[denial]].concat());
        prop_assert_eq!(axes(resolved), [false; 3]);
        prop_assert_ne!(resolved.collect, Collect::Cookie);
    }

    #[test]
    fn gpc_denies_advertising_and_never_changes_analytics(
        signals in prop::collection::vec(some_signal(), 0..6),
        mode in some_mode(),
    ) {
        let [with, without] =
            [true, false].map(|gpc| resolve(mode, Said { signals: &signals, gpc, opted_out: false }, NOW));
        prop_assert_eq!(with.consent.analytics, without.consent.analytics);
        prop_assert_eq!((with.collect, with.why[0]), (without.collect, without.why[0]));
        prop_assert!(!with.consent.marketing && !with.consent.personalization);
    }

    #[test]
    fn cnil_never_grants_advertising(signals in prop::collection::vec(some_signal(), 0..6), gpc in any::<bool>()) {
        let resolved = resolve(Mode::Cnil, Said { signals: &signals, gpc, opted_out: false }, NOW);
        prop_assert!(!resolved.consent.marketing && !resolved.consent.personalization);
        prop_assert_ne!(resolved.collect, Collect::Cookieless);
    }

    #[test]
    fn a_cookie_needs_analytics(signals in prop::collection::vec(some_signal(), 0..6), mode in some_mode()) {
        let resolved = of(mode, &signals);
        prop_assert_eq!(resolved.consent.analytics, resolved.collect == Collect::Cookie);
        prop_assert_eq!(axes(resolved), resolved.why.map(Why::granted));
    }
}
