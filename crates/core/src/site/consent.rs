//! What a site does about visitors who have said nothing: its mode, by the place they come from.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What is done without an explicit choice of the visitor. In the order of what it does, the least first.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Nothing is sent or stored.
    Strict,
    /// Visits are counted by a hash whose salt is destroyed; nothing is stored on the device.
    #[default]
    Cookieless,
    /// Audience measurement as France's authority exempts it from consent: a cookie that is never renewed. Marketing and
    /// personalization are never granted, whatever anybody says.
    Cnil,
    /// Analytics is granted unless the visitor denies it.
    Analytics,
    /// Everything is granted unless the visitor denies it.
    Full,
}

/// The text is no mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a mode is strict, cookieless, cnil, analytics or full")]
pub struct ModeError;

impl Mode {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Strict, Self::Cookieless, Self::Cnil, Self::Analytics, Self::Full];

    /// The word in settings and answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::Cookieless => "cookieless",
            Self::Cnil => "cnil",
            Self::Analytics => "analytics",
            Self::Full => "full",
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Mode {
    type Err = ModeError;

    fn from_str(word: &str) -> Result<Self, ModeError> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == word).ok_or(ModeError)
    }
}

/// A site's mode, and other modes for some places. Checked when they are set; readers trust them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ConsentRules {
    /// Where no rule below fits.
    pub mode: Mode,
    /// The most specific one that fits wins: a subdivision, then a country, then `EU`, then `EEA`.
    pub regions: Vec<RegionRule>,
}

/// A place with a mode of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegionRule {
    /// `US-CA` (ISO 3166-2), `DE` (ISO 3166-1), or one of the words `EU`, `EEA` and `UK`.
    pub region: String,
    /// What is done there.
    pub mode: Mode,
}

impl ConsentRules {
    /// The mode for a visitor from `country` (ISO 3166-1 alpha-2) and `region` (ISO 3166-2 without the country), each
    /// empty where unknown. What is unknown is taken for the strictest it could be.
    #[must_use]
    pub fn mode_in(&self, country: &str, region: &str) -> Mode {
        if country.is_empty() {
            return self.regions.iter().map(|rule| rule.mode).fold(self.mode, Mode::min);
        }
        let fits =
            self.regions.iter().filter_map(|rule| Some((specific(&rule.region, country, region)?, rule)));
        // Two rules for one place are a contradiction; the stricter one is the safer reading.
        let best = fits.min_by_key(|(specific, rule)| (std::cmp::Reverse(*specific), rule.mode));
        let mode = best.map_or(self.mode, |(_, rule)| rule.mode);
        if is_subdivision(region) {
            return mode;
        }
        let within = self
            .regions
            .iter()
            .filter(|rule| rule.region.split_once('-').is_some_and(|(of, _)| named(of) == country));
        within.map(|rule| rule.mode).fold(mode, Mode::min)
    }
}

/// May `pattern` stand in a rule? Whether such a place exists is not asked: codes come and go.
#[must_use]
pub fn is_region(pattern: &str) -> bool {
    let is_country = |text: &str| text.len() == 2 && text.bytes().all(|letter| letter.is_ascii_uppercase());
    match pattern.split_once('-') {
        Some((country, region)) => is_country(country) && country != "EU" && is_subdivision(region),
        None => pattern == "EEA" || is_country(pattern),
    }
}

/// A code of ISO 3166-2 without its country, and no name of a place.
fn is_subdivision(region: &str) -> bool {
    (1..=3).contains(&region.len())
        && region.bytes().all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit())
}

/// How closely a pattern describes a place; `None` where it does not fit.
fn specific(pattern: &str, country: &str, region: &str) -> Option<u8> {
    let (fits, specific) = match pattern.split_once('-') {
        Some((of, part)) => (named(of) == country && part == region, 4),
        None if pattern == "EU" => (is_eu(country), 2),
        None if pattern == "EEA" => (is_eu(country) || ["IS", "LI", "NO"].contains(&country), 1),
        None => (named(pattern) == country, 3),
    };
    fits.then_some(specific)
}

/// `UK` is what people write for `GB`.
fn named(country: &str) -> &str {
    if country == "UK" { "GB" } else { country }
}

/// Is it a member of the European Union, or a part of one that has a code of its own and belongs to the Union
/// (Treaty on the Functioning of the European Union, article 355)?
fn is_eu(country: &str) -> bool {
    const MEMBERS: [&str; 27] = [
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT",
        "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
    ];
    const PARTS: [&str; 7] = ["AX", "GF", "GP", "MF", "MQ", "RE", "YT"];
    MEMBERS.contains(&country) || PARTS.contains(&country)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(mode: Mode, regions: &[(&str, Mode)]) -> ConsentRules {
        let rule = |(region, mode): &(&str, Mode)| RegionRule { region: (*region).to_owned(), mode: *mode };
        ConsentRules { mode, regions: regions.iter().map(rule).collect() }
    }

    #[test]
    fn the_most_specific_rule_wins_whatever_the_order() {
        let mut several = rules(
            Mode::Full,
            &[
                ("EEA", Mode::Strict),
                ("EU", Mode::Cookieless),
                ("FR", Mode::Cnil),
                ("UK", Mode::Analytics),
                ("US-CA", Mode::Cookieless),
            ],
        );
        for _ in 0..2 {
            for (country, region, mode) in [
                ("FR", "IDF", Mode::Cnil),
                ("DE", "BY", Mode::Cookieless),
                ("RE", "", Mode::Cookieless),
                ("NO", "03", Mode::Strict),
                ("CH", "ZH", Mode::Full),
                ("GB", "ENG", Mode::Analytics),
                ("US", "CA", Mode::Cookieless),
                ("US", "NY", Mode::Full),
            ] {
                assert_eq!(several.mode_in(country, region), mode, "{country}-{region}");
            }
            several.regions.reverse();
        }
    }

    #[test]
    fn what_is_unknown_is_the_strictest_it_could_be() {
        let mixed =
            rules(Mode::Analytics, &[("US", Mode::Full), ("US-CA", Mode::Cookieless), ("FR", Mode::Cnil)]);
        assert_eq!(mixed.mode_in("", ""), Mode::Cookieless, "the strictest of all that the site uses");
        assert_eq!(mixed.mode_in("", "CA"), Mode::Cookieless, "a region means nothing alone");
        assert_eq!(mixed.mode_in("US", ""), Mode::Cookieless, "it may be California");
        assert_eq!(mixed.mode_in("US", "California"), Mode::Cookieless, "a name is no code");
        assert_eq!(mixed.mode_in("US", "NY"), Mode::Full);
        assert_eq!(mixed.mode_in("FR", ""), Mode::Cnil, "no rule asks for a region of France");
        assert_eq!(rules(Mode::Full, &[]).mode_in("", ""), Mode::Full);
        let twice = rules(Mode::Full, &[("UK", Mode::Analytics), ("GB", Mode::Strict), ("GB", Mode::Full)]);
        assert_eq!(twice.mode_in("GB", "ENG"), Mode::Strict, "a contradiction");
        assert_eq!(rules(Mode::Strict, &[("US-CA", Mode::Full)]).mode_in("US", ""), Mode::Strict);
    }

    #[test]
    fn modes_go_from_the_least_to_the_most_and_have_one_word() {
        assert!(Mode::ALL.is_sorted());
        for mode in Mode::ALL {
            assert_eq!(mode.as_str().parse(), Ok(mode));
            assert_eq!(serde_json::to_value(mode).unwrap(), mode.as_str());
            assert!(ModeError.to_string().contains(mode.as_str()), "the message names {mode}");
        }
        assert_eq!("Strict".parse::<Mode>(), Err(ModeError));
    }

    #[test]
    fn a_site_that_says_nothing_is_cookieless() {
        let read: ConsentRules = serde_json::from_str("{}").unwrap();
        assert_eq!((read.mode, read.regions.len()), (Mode::Cookieless, 0));
        let text = r#"{"mode":"analytics","regions":[{"region":"EEA","mode":"strict"}]}"#;
        assert_eq!(serde_json::from_str::<ConsentRules>(text).unwrap().mode_in("AT", "9"), Mode::Strict);
        assert!(serde_json::from_str::<ConsentRules>(r#"{"mode":"loose"}"#).is_err());
    }

    #[test]
    fn a_pattern_is_a_code_or_a_word_for_several_countries() {
        for pattern in ["EU", "EEA", "UK", "DE", "US-CA", "FR-IDF", "NO-03", "UK-ENG"] {
            assert!(is_region(pattern), "{pattern}");
        }
        for pattern in
            ["", "de", "DEU", "US-", "-CA", "US-California", "US-ca", "EEA-X", "EU-X", "*", "US-CA-X", "Dé"]
        {
            assert!(!is_region(pattern), "{pattern}");
        }
    }
}
