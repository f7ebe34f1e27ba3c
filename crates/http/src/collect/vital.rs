//! What a `web_vital` says: a metric's value so far, checked; the rest is kept like that of any event.

use super::field::{Refusal, plain};
use ut_core::event::{Vital, VitalMetric};

/// Longest id of an instance of a metric.
pub(super) const MAX_ID: usize = 64;
/// Longest way in which a page was come to; the longest known is `back-forward-cache`.
pub(super) const MAX_NAVIGATION_TYPE: usize = 32;
/// What a value may be called. Which it is follows from the value: a wrong one is refused and none is kept.
pub(super) const RATINGS: [&str; 3] = ["good", "needs-improvement", "poor"];

/// Takes the fields of a vital out of what was said of the event beside its own fields.
pub(super) fn take(props: &mut Vec<(String, String)>) -> Result<Vital, Refusal> {
    let mut field = |name: &str| {
        let place = props.iter().position(|(key, _)| key == name)?;
        Some(props.swap_remove(place).1)
    };
    let missing = |name: &str, what: &str| Refusal::new(name, "missing", format!("must be {what}"));
    let name = field("metric").ok_or_else(|| missing("metric", METRICS))?;
    let metric = VitalMetric::parse(&name);
    let metric = metric.ok_or_else(|| {
        Refusal::new("metric", "unknown_name", format!("is {name:?}, and must be {METRICS}"))
    })?;
    let most = metric.most();
    let value = field("value").ok_or_else(|| missing("value", "the metric's value so far"))?;
    let value = number("value", &value, 0.0, most)?;
    if let Some(delta) = field("delta") {
        number("delta", &delta, -most, most)?;
    }
    let id = field("metric_id").unwrap_or_default();
    plain("metric_id", &id, MAX_ID)?;
    if id.is_empty() {
        return Err(missing("metric_id", "what names this instance of the metric"));
    }
    if let Some(rating) = field("rating").filter(|rating| !RATINGS.contains(&&**rating)) {
        let message = format!("is {rating:?}, and must be {}", RATINGS.join(", "));
        return Err(Refusal::new("rating", "unknown_name", message));
    }
    let navigation_type = field("navigation_type").unwrap_or_default();
    plain("navigation_type", &navigation_type, MAX_NAVIGATION_TYPE)?;
    if !navigation_type.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-') {
        let message = "must be a word of web-vitals, e.g. navigate or back-forward-cache";
        return Err(Refusal::new("navigation_type", "unknown_name", message));
    }
    Ok(Vital { metric, id: Vital::id_of(&id), navigation_type, value })
}

const METRICS: &str = "LCP, INP, CLS, FCP or TTFB";

/// A finite number within bounds. Zero has one sign: values are compared by their bits.
fn number(field: &str, text: &str, from: f64, to: f64) -> Result<f64, Refusal> {
    let number = text.parse::<f64>().ok().filter(|number| (from..=to).contains(number));
    let number = number.ok_or_else(|| {
        Refusal::new(field, "out_of_range", format!("must be a number from {from} to {to}"))
    })?;
    Ok(if number == 0.0 { 0.0 } else { number })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(changes: &[(&str, &str)]) -> Result<Vital, Refusal> {
        let usual = [
            ("metric", "LCP"),
            ("value", "1234.5999999046326"),
            ("metric_id", "v5-1763800000000-1234567890123"),
            ("rating", "good"),
            ("delta", "1234.5999999046326"),
            ("navigation_type", "navigate"),
            ("other", "kept"),
        ];
        let value = |(key, value): &(&str, &str)| {
            let changed = changes.iter().find(|(name, _)| name == key);
            let value = changed.map_or(*value, |(_, value)| *value);
            (value != "-").then(|| ((*key).to_owned(), value.to_owned()))
        };
        let mut props: Vec<_> = usual.iter().filter_map(value).collect();
        let vital = take(&mut props)?;
        assert_eq!(props, [("other".to_owned(), "kept".to_owned())]);
        Ok(vital)
    }

    #[test]
    fn what_is_measured_is_taken_as_it_was_measured() {
        let vital = said(&[]).unwrap();
        assert_eq!((vital.metric, vital.value), (VitalMetric::Lcp, 1_234.599_999_904_632_6));
        assert_eq!(vital.id, Vital::id_of("v5-1763800000000-1234567890123"));
        let least = said(&[("rating", "-"), ("delta", "-"), ("navigation_type", "-")]).unwrap();
        assert_eq!(least.navigation_type, "");
        for (metric, value) in [("LCP", "900000"), ("CLS", "100"), ("CLS", "0"), ("TTFB", "1e3")] {
            assert!(
                said(&[("metric", metric), ("value", value), ("delta", "-")]).is_ok(),
                "{metric} {value}"
            );
        }
        let zero = said(&[("value", "-0.0")]).unwrap().value;
        assert_eq!(zero.to_bits(), 0, "no zero is greater than another");
    }

    #[test]
    fn what_is_wrong_is_refused_by_its_field() {
        for (field, value, code) in [
            ("metric", "-", "missing"),
            ("metric", "FID", "unknown_name"),
            ("metric", "lcp", "unknown_name"),
            ("value", "-", "missing"),
            ("value", "-1", "out_of_range"),
            ("value", "900000.1", "out_of_range"),
            ("value", "NaN", "out_of_range"),
            ("value", "inf", "out_of_range"),
            ("value", "1e999", "out_of_range"),
            ("value", "true", "out_of_range"),
            ("delta", "much", "out_of_range"),
            ("metric_id", "-", "missing"),
            ("metric_id", "", "missing"),
            ("metric_id", &"i".repeat(65), "too_long"),
            ("rating", "bad", "unknown_name"),
            ("navigation_type", "Anna's", "unknown_name"),
            ("navigation_type", &"n".repeat(33), "too_long"),
        ] {
            let refusal = said(&[(field, value)]).expect_err(value);
            assert_eq!((&*refusal.field, refusal.code), (field, code), "{value}");
        }
        assert_eq!(said(&[("metric", "CLS"), ("value", "100.5")]).unwrap_err().field, "value");
        assert_eq!(said(&[("metric", "CLS"), ("value", "100")]).unwrap_err().field, "delta");
    }
}
