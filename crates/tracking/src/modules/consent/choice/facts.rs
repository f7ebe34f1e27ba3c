//! A choice as text and as signals.

use super::super::signals::{Axis, Signal, SignalSource};
use std::fmt;
use std::str::FromStr;

/// More letters than there are to say are no choice of ours.
const MAX_TEXT: usize = 160;
/// Of a policy's version so much is kept.
const MAX_POLICY: usize = 32;

/// What a visitor chose, axis by axis: when (Unix milliseconds), and whether it was granted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Choice {
    axes: [Option<(i64, bool)>; 3],
    /// They opted out of everything, and when.
    pub opted_out: Option<i64>,
    /// Their browser sent Global Privacy Control when they chose, and when that was.
    pub gpc: Option<i64>,
    /// The version of the policy they were shown, of letters, digits, `-` and `_`.
    pub policy: String,
}

/// The text is no choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAChoice;

impl Choice {
    /// Learns a signal of `now` (Unix milliseconds). Per axis the later one stays; at equal time, the denial. A grant
    /// without a time is older than any choice: consent platforms repeat them on every page. A time before 1970 counts as
    /// 1970: the text knows no sign, and a choice that cannot be read again would be none.
    pub fn learn(&mut self, signal: &Signal, now: i64) {
        for (axis, known) in Axis::ALL.into_iter().zip(&mut self.axes) {
            let Some(granted) = signal.of(axis) else { continue };
            let undated = if granted { 0 } else { now };
            let at = signal.at.map_or(undated, |at| at.min(now)).max(0);
            if known.is_none_or(|(known, was)| at > known || (at == known && (was || !granted))) {
                *known = Some((at, granted));
            }
        }
    }

    /// It, as signals.
    pub fn signals(&self) -> impl Iterator<Item = Signal> {
        let axes = Axis::ALL.into_iter().zip(self.axes);
        axes.filter_map(|(axis, said)| {
            let (at, granted) = said?;
            let only = |of| (axis == of).then_some(granted);
            Some(Signal {
                source: SignalSource::Banner,
                at: Some(at),
                analytics: only(Axis::Analytics),
                marketing: only(Axis::Marketing),
                personalization: only(Axis::Personalization),
            })
        })
    }

    /// Keeps a policy's version, as far as a cookie can hold it.
    pub fn shown(&mut self, policy: &str) {
        let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        self.policy = policy.chars().filter(plain).take(MAX_POLICY).collect();
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("v1.")?;
        for ((yes, no), said) in [('A', 'a'), ('M', 'm'), ('P', 'p')].into_iter().zip(self.axes) {
            if let Some((at, granted)) = said {
                write!(f, "{}{at}", if granted { yes } else { no })?;
            }
        }
        for (letter, at) in [('g', self.gpc), ('o', self.opted_out)] {
            if let Some(at) = at {
                write!(f, "{letter}{at}")?;
            }
        }
        write!(f, ".{}", self.policy)
    }
}

impl FromStr for Choice {
    type Err = NotAChoice;

    fn from_str(text: &str) -> Result<Self, NotAChoice> {
        let rest = text.strip_prefix("v1.").filter(|_| text.len() <= MAX_TEXT).ok_or(NotAChoice)?;
        let (mut said, policy) = rest.split_once('.').ok_or(NotAChoice)?;
        let mut choice = Self::default();
        while let Some(letter) = said.chars().next() {
            let digits = said.get(letter.len_utf8()..).ok_or(NotAChoice)?;
            let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
            let (number, rest) = digits.split_at(end);
            let at: i64 = number.parse().ok().filter(|at| *at < 1 << 44).ok_or(NotAChoice)?;
            match letter {
                'A' | 'a' => choice.axes[0] = Some((at, letter == 'A')),
                'M' | 'm' => choice.axes[1] = Some((at, letter == 'M')),
                'P' | 'p' => choice.axes[2] = Some((at, letter == 'P')),
                'g' => choice.gpc = Some(at),
                'o' => choice.opted_out = Some(at),
                _ => return Err(NotAChoice),
            }
            said = rest;
        }
        choice.shown(policy);
        Ok(choice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn signal(at: i64, analytics: Option<bool>, marketing: Option<bool>) -> Signal {
        let source = SignalSource::Api;
        Signal { source, at: Some(at), analytics, marketing, personalization: None }
    }

    #[test]
    fn the_later_word_stays_and_at_equal_time_the_denial() {
        let mut choice = Choice::default();
        choice.learn(&signal(5_000, Some(true), Some(true)), 9_000);
        choice.learn(&signal(7_000, None, Some(false)), 9_000);
        choice.learn(&signal(6_000, Some(false), Some(true)), 9_000);
        choice.shown("2026-11; x=1");
        assert_eq!(choice.to_string(), "v1.a6000m7000.2026-11x1");
        choice.learn(&signal(6_000, Some(true), None), 9_000);
        assert_eq!(choice.to_string(), "v1.a6000m7000.2026-11x1", "at the same time");
        choice.learn(&signal(99_000, Some(true), None), 9_000);
        assert_eq!(choice.to_string(), "v1.A9000m7000.2026-11x1", "a clock that is fast counts as now");
    }

    #[test]
    fn a_grant_without_a_time_is_the_oldest_and_a_denial_the_newest() {
        let undated = |analytics| Signal { at: None, ..signal(0, Some(analytics), None) };
        let mut choice = Choice::default();
        choice.learn(&undated(true), 9_000);
        assert_eq!(choice.to_string(), "v1.A0.");
        choice.learn(&undated(false), 9_000);
        choice.learn(&undated(true), 99_000);
        assert_eq!(choice.to_string(), "v1.a9000.");
    }

    #[test]
    fn a_denial_of_before_1970_is_read_again() {
        for at in [-1, i64::MIN] {
            let mut choice = Choice::default();
            choice.learn(&signal(at, Some(false), Some(true)), 9_000);
            assert_eq!(choice.to_string(), "v1.a0M0.");
            assert_eq!(choice.to_string().parse(), Ok(choice));
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_and_nothing_else(
            axes in proptest::array::uniform3(proptest::option::of((0_i64..1 << 44, any::<bool>()))),
            opted_out in proptest::option::of(0_i64..1 << 44),
            gpc in proptest::option::of(0_i64..1 << 44),
            policy in "[A-Za-z0-9_-]{0,32}",
            noise in ".{0,40}",
        ) {
            let choice = Choice { axes, opted_out, gpc, policy };
            prop_assert_eq!(choice.to_string().parse(), Ok(choice));
            let read: Result<Choice, _> = noise.parse();
            prop_assert!(read.is_err() || noise.starts_with("v1."));
        }
    }
}
