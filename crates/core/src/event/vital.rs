//! A web vital: what a browser measured of a page. It says nothing of what somebody did: no session, no page view and no
//! number of events knows it.

use super::Draft;

/// What is measured, by web-vitals' names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum VitalMetric {
    /// Largest Contentful Paint, milliseconds.
    Lcp,
    /// Interaction to Next Paint, milliseconds.
    Inp,
    /// Cumulative Layout Shift, without a unit.
    Cls,
    /// First Contentful Paint, milliseconds.
    Fcp,
    /// Time to First Byte, milliseconds.
    Ttfb,
}

impl VitalMetric {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Lcp, Self::Inp, Self::Cls, Self::Fcp, Self::Ttfb];

    /// Its name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lcp => "LCP",
            Self::Inp => "INP",
            Self::Cls => "CLS",
            Self::Fcp => "FCP",
            Self::Ttfb => "TTFB",
        }
    }

    /// By its name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|metric| metric.as_str() == name)
    }

    /// More than this is no measurement: 15 minutes, or a page shifted a hundred times over.
    #[must_use]
    pub const fn most(self) -> f64 {
        match self {
            Self::Cls => 100.0,
            Self::Lcp | Self::Inp | Self::Fcp | Self::Ttfb => 900_000.0,
        }
    }
}

/// One report of a metric. Of those with the same id the greatest value counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Vital {
    /// What was measured.
    pub metric: VitalMetric,
    /// Which instance of it, by [`Vital::id_of`].
    pub id: u64,
    /// How the page was come to (`navigate`, `back-forward-cache`, …), or empty.
    pub navigation_type: String,
    /// Its value so far: finite, from 0 to [`VitalMetric::most`].
    pub value: f64,
}

const METRIC: &str = "performance.metric";
const ID: &str = "performance.metric_id";
const NAVIGATION_TYPE: &str = "performance.navigation_type";
const VALUE: &str = "performance.value";

impl Vital {
    /// The event that says it.
    pub const EVENT: &'static str = "web_vital";

    /// What a draft says, if it is a vital. Nearly no draft has facts: this costs it one comparison.
    #[must_use]
    pub fn of(draft: &Draft) -> Option<Self> {
        if draft.facts.is_empty() {
            return None;
        }
        let fact = |key: &str| draft.facts.iter().find(|(known, _)| known == key).map(|(_, text)| &**text);
        Some(Self {
            metric: VitalMetric::parse(fact(METRIC)?)?,
            id: u64::from_str_radix(fact(ID)?, 16).ok()?,
            navigation_type: fact(NAVIGATION_TYPE).unwrap_or_default().to_owned(),
            value: fact(VALUE)?.parse().ok()?,
        })
    }

    /// It as facts of a draft, sorted by key; the text of a number gives back the same number.
    #[must_use]
    pub fn facts(&self) -> Vec<(String, String)> {
        [
            (METRIC, self.metric.as_str().to_owned()),
            (ID, format!("{:016x}", self.id)),
            (NAVIGATION_TYPE, self.navigation_type.clone()),
            (VALUE, self.value.to_string()),
        ]
        .map(|(key, text)| (key.to_owned(), text))
        .into()
    }

    /// Names an instance by the text its sender has for it: nobody needs the text itself, and no filter for personal
    /// data may change it.
    #[must_use]
    pub fn id_of(text: &str) -> u64 {
        let mut first = [0; 8];
        first.copy_from_slice(&blake3::hash(text.as_bytes()).as_bytes()[..8]);
        u64::from_le_bytes(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EventId;
    use crate::event::EventName;
    use proptest::prelude::*;

    fn draft(facts: Vec<(String, String)>) -> Draft {
        Draft { facts, ..Draft::new(EventId::nil(), EventName::parse(Vital::EVENT).unwrap(), 0) }
    }

    proptest! {
        #[test]
        fn facts_give_back_what_they_were_made_of(
            metric in 0..5_usize, id: u64, value in 0.0..900_000.0_f64, navigation_type in "[a-z-]{0,32}",
        ) {
            let vital = Vital { metric: VitalMetric::ALL[metric], id, navigation_type, value };
            prop_assert!(vital.facts().is_sorted());
            prop_assert_eq!(Vital::of(&draft(vital.facts())), Some(vital));
        }
    }

    #[test]
    fn an_event_that_only_has_the_name_is_none() {
        assert_eq!(Vital::of(&draft(Vec::new())), None);
        assert_eq!(Vital::of(&draft(vec![(METRIC.to_owned(), "LCP".to_owned())])), None);
    }

    #[test]
    fn a_metric_is_known_by_its_name() {
        for metric in VitalMetric::ALL {
            assert_eq!(VitalMetric::parse(metric.as_str()), Some(metric));
        }
        assert_eq!(VitalMetric::parse("lcp"), None);
        assert_ne!(Vital::id_of("v5-1-1"), Vital::id_of("v5-1-2"));
    }
}
