//! `explain consent`: what the signals of a visitor come to, and which of them decided.

use super::parse;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use ut_core::site::{ConsentRules, Mode, ModeError, RegionRule, is_region};
use ut_core::{Clock, SystemClock};
use ut_tracking::modules::consent::{
    Decode, Gcm, Gpp, NotUnderstood, Said, Signal, SignalSource, Tcf, UnknownSource, Why, resolve,
};

const SHAPE: &str = r#"{"tcf"?: text, "gpp"?: text, "gcm"?: object, "at"?: Unix ms, "gpc"?: true or false, "opted_out"?, "signals"?: [{"source", "at"?, "analytics"?, "marketing"?, "personalization"?}], "mode"?, "country"?, "region"?, "regions"?: [{"region", "mode"}]}"#;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Line {
    tcf: Option<String>,
    gpp: Option<String>,
    gcm: Option<Box<RawValue>>,
    at: Option<i64>,
    gpc: Gpc,
    opted_out: bool,
    signals: Vec<SignalLine>,
    mode: Option<String>,
    country: String,
    region: String,
    regions: Vec<RegionRule>,
}

/// `Sec-GPC`, as a truth value or as sent.
#[derive(Deserialize)]
#[serde(untagged)]
enum Gpc {
    Is(bool),
    Sent(String),
    Number(u8),
}

impl Default for Gpc {
    fn default() -> Self {
        Self::Is(false)
    }
}

#[derive(Deserialize)]
struct SignalLine {
    source: String,
    at: Option<i64>,
    analytics: Option<bool>,
    marketing: Option<bool>,
    personalization: Option<bool>,
}

/// What is printed.
#[derive(Serialize)]
pub(super) struct Explained {
    analytics: bool,
    marketing: bool,
    personalization: bool,
    collect: &'static str,
    mode: Mode,
    why: Whys,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

#[derive(Serialize)]
struct Whys {
    analytics: String,
    marketing: String,
    personalization: String,
}

pub(super) fn consent(line: &[u8]) -> Result<Explained, String> {
    let line: Line = parse(line, SHAPE)?;
    let mode = mode(&line)?;
    let mut signals = line.signals.iter().map(signal).collect::<Result<Vec<_>, _>>()?;
    let mut errors = Vec::new();
    let gcm = line.gcm.as_deref().map(RawValue::get);
    let texts: [(&dyn Decode, _, _); 3] = [
        (&Tcf, SignalSource::Tcf, line.tcf.as_deref()),
        (&Gpp, SignalSource::Gpp, line.gpp.as_deref()),
        (&Gcm, SignalSource::Gcm, gcm),
    ];
    for (standard, source, text) in texts {
        match text.map(|text| standard.decode(text)) {
            Some(Ok(said)) => signals.push(said.signal(source, line.at)),
            Some(Err(why)) => errors.push(refusal(source, why)),
            None => {}
        }
    }
    let gpc = match line.gpc {
        Gpc::Is(sent) => sent,
        Gpc::Sent(header) => header == "1",
        Gpc::Number(number) => number == 1,
    };
    let said = Said { signals: &signals, gpc, opted_out: line.opted_out };
    let resolved = resolve(mode, said, SystemClock.now_ms());
    let [analytics, marketing, personalization] = resolved.why.map(|why: Why| why.to_string());
    Ok(Explained {
        analytics: resolved.consent.analytics,
        marketing: resolved.consent.marketing,
        personalization: resolved.consent.personalization,
        collect: resolved.collect.as_str(),
        mode,
        why: Whys { analytics, marketing, personalization },
        error: (!errors.is_empty()).then(|| errors.join("; ")),
    })
}

/// The site's mode where the visitor is.
fn mode(line: &Line) -> Result<Mode, String> {
    let mode = line.mode.as_deref().map_or(Ok(Mode::default()), str::parse);
    let mode = mode.map_err(|error: ModeError| error.to_string())?;
    if line.regions.iter().any(|rule| !is_region(&rule.region)) {
        return Err("a region is DE, US-CA, EU, EEA or UK".to_owned());
    }
    let rules = ConsentRules { mode, regions: line.regions.clone() };
    Ok(rules.mode_in(&line.country.to_ascii_uppercase(), &line.region.to_ascii_uppercase()))
}

fn signal(line: &SignalLine) -> Result<Signal, String> {
    let source = line.source.parse().map_err(|error: UnknownSource| error.to_string())?;
    let SignalLine { at, analytics, marketing, personalization, .. } = *line;
    Ok(Signal { source, at, analytics, marketing, personalization })
}

fn refusal(source: SignalSource, why: NotUnderstood) -> String {
    format!("{} says nothing: {why}", source.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn explained(line: Value) -> Value {
        serde_json::to_value(consent(line.to_string().as_bytes()).unwrap()).unwrap()
    }

    #[test]
    fn gpc_is_a_truth_value_or_a_header() {
        for (sent, denies) in [
            (json!(true), true),
            (json!("1"), true),
            (json!(1), true),
            (json!(false), false),
            (json!("0"), false),
        ] {
            let answer = explained(json!({"mode": "full", "gpc": sent}));
            assert_eq!(
                (&answer["marketing"], &answer["analytics"]),
                (&json!(!denies), &json!(true)),
                "{sent}"
            );
        }
    }

    #[test]
    fn a_mode_may_depend_on_the_place() {
        let regions = json!([{"region": "EEA", "mode": "strict"}, {"region": "US-CA", "mode": "analytics"}]);
        for (country, region, mode) in
            [("de", "BY", "strict"), ("US", "ca", "analytics"), ("US", "NY", "full"), ("", "", "strict")]
        {
            let line = json!({"mode": "full", "regions": regions, "country": country, "region": region});
            assert_eq!(explained(line)["mode"], mode, "{country}-{region}");
        }
        assert_eq!(explained(json!({}))["mode"], "cookieless");
    }

    #[test]
    fn a_wrong_word_is_answered_with_the_right_ones() {
        for (line, hint) in [
            (json!({"mode": "loose"}), "cookieless"),
            (json!({"signals": [{"source": "gpc", "marketing": false}]}), "banner"),
            (json!({"regions": [{"region": "Europe", "mode": "strict"}]}), "EEA"),
            (json!({"tcf": 5}), "\"tcf\"?: text"),
        ] {
            let error = consent(line.to_string().as_bytes()).err().unwrap();
            assert!(error.contains(hint), "{error}");
        }
    }
}
