//! What a request says of consent.

use super::envelope::MAX_WORD;
use super::field::{Refusal, object, read};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use ut_tracking::modules::consent::{Axis, Decode, Gcm, Gpp, Signal, SignalSource, Tcf};

/// Axes that were not spoken of are `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spoken {
    /// The choice, and when it was made.
    pub(super) signal: Signal,
    /// The page says that the browser sends Global Privacy Control.
    pub(super) gpc: bool,
    /// Who asked is none of the sources that are known.
    pub(super) is_foreign: bool,
}

impl Default for Spoken {
    fn default() -> Self {
        let signal = Signal {
            source: SignalSource::Api,
            at: None,
            analytics: None,
            marketing: None,
            personalization: None,
        };
        Self { signal, gpc: false, is_foreign: false }
    }
}

impl Spoken {
    /// Does it speak of any axis?
    pub(super) fn says_anything(&self) -> bool {
        Axis::ALL.iter().any(|axis| self.signal.of(*axis).is_some())
    }

    /// Of somebody who speaks for the visitor: what is not said was not granted.
    pub(super) fn of_a_server(self) -> Signal {
        let signal = self.signal;
        let said = |axis| Some(signal.of(axis).unwrap_or(false));
        Signal {
            analytics: said(Axis::Analytics),
            marketing: said(Axis::Marketing),
            personalization: said(Axis::Personalization),
            ..signal
        }
    }
}

#[derive(Deserialize)]
struct Raw<'a> {
    analytics: Option<bool>,
    marketing: Option<bool>,
    personalization: Option<bool>,
    #[serde(borrow)]
    source: Option<Cow<'a, str>>,
    #[serde(borrow)]
    at: Option<&'a RawValue>,
}

/// What only a choice has: texts of standards, as they came, and the policy that the visitor was shown.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Details<'a> {
    #[serde(borrow)]
    tcf: Option<Cow<'a, str>>,
    #[serde(borrow)]
    gpp: Option<Cow<'a, str>>,
    #[serde(borrow)]
    gcm: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) policy_version: Option<Cow<'a, str>>,
}

/// Parses them.
pub(super) fn details(raw: &RawValue) -> Result<Details<'_>, Refusal> {
    let expected = "an object; tcf, gpp and policy_version texts, gcm an object";
    let details: Details<'_> = object("consent", raw, expected)?;
    match &details.policy_version {
        Some(policy) if policy.len() > MAX_WORD => {
            let message = format!("is longer than {MAX_WORD} bytes");
            Err(Refusal::new("consent.policy_version", "too_long", message))
        }
        _ => Ok(details),
    }
}

impl Details<'_> {
    /// The text of a standard, as it came.
    pub(super) fn raw(&self) -> Option<String> {
        let gcm = self.gcm.map(RawValue::get);
        self.tcf.as_deref().or(self.gpp.as_deref()).or(gcm).map(str::to_owned)
    }

    /// The standard whose text it is.
    pub(super) const fn source(&self) -> Option<SignalSource> {
        match self {
            Self { tcf: Some(_), .. } => Some(SignalSource::Tcf),
            Self { gpp: Some(_), .. } => Some(SignalSource::Gpp),
            Self { gcm: Some(_), .. } => Some(SignalSource::Gcm),
            _ => None,
        }
    }

    /// What the texts of standards say.
    pub(super) fn signals(&self, sent: Option<i64>) -> Result<Vec<Signal>, Refusal> {
        let texts: [(_, &dyn Decode, _, _); 3] = [
            ("consent.tcf", &Tcf, SignalSource::Tcf, self.tcf.as_deref()),
            ("consent.gpp", &Gpp, SignalSource::Gpp, self.gpp.as_deref()),
            ("consent.gcm", &Gcm, SignalSource::Gcm, self.gcm.map(RawValue::get)),
        ];
        let given =
            texts.into_iter().filter_map(|(field, by, source, text)| Some((field, by, source, text?)));
        given
            .map(|(field, by, source, text)| match by.decode(text) {
                Ok(decoded) => Ok(decoded.signal(source, sent)),
                Err(why) => Err(Refusal::new(field, "not_understood", format!("is not understood: {why}"))),
            })
            .collect()
    }
}

/// Parses `consent`.
pub(super) fn parse(raw: &RawValue) -> Result<Spoken, Refusal> {
    let Some(raw) = object::<Option<Raw<'_>>>("consent", raw, "an object of booleans")? else {
        return Ok(Spoken::default());
    };
    let at = raw.at.map_or(Ok(None), |at| read("consent.at", at, "Unix milliseconds, an integer"))?;
    let word = raw.source.as_deref();
    let known = word.map_or(Ok(SignalSource::Api), str::parse);
    let signal = Signal {
        source: known.unwrap_or(SignalSource::Api),
        at,
        analytics: raw.analytics,
        marketing: raw.marketing,
        personalization: raw.personalization,
    };
    let gpc = word == Some("gpc");
    Ok(Spoken { signal, gpc, is_foreign: known.is_err() && !gpc })
}
