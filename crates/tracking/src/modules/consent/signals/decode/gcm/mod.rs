//! Google Consent Mode: the object of a `gtag('consent', 'update', {…})`.
//!
//! | axis | keys |
//! |---|---|
//! | analytics | `analytics_storage` |
//! | marketing | `ad_storage` and `ad_user_data`: denied if either is, granted if both are |
//! | personalization | `ad_personalization` |
//!
//! Other keys are about what the shop itself needs, or are no consent. A `default` is the site's, not the visitor's, and must
//! not be sent as a signal.

#[cfg(test)]
mod tests;

use super::{Decode, Decoded, NotUnderstood};
use serde_json::{Map, Value};

/// Objects of Google Consent Mode, as JSON.
#[derive(Debug, Clone, Copy)]
pub struct Gcm;

impl Decode for Gcm {
    fn decode(&self, raw: &str) -> Result<Decoded, NotUnderstood> {
        let said: Map<String, Value> = serde_json::from_str(raw).map_err(|_| NotUnderstood::Object)?;
        let of = |key: &str| match said.get(key) {
            None => Ok(None),
            Some(Value::String(word)) if word == "granted" => Ok(Some(true)),
            Some(Value::String(word)) if word == "denied" => Ok(Some(false)),
            Some(_) => Err(NotUnderstood::Object),
        };
        let marketing = match (of("ad_storage")?, of("ad_user_data")?) {
            (Some(true), Some(true)) => Some(true),
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true) | None, None) | (None, Some(true)) => None,
        };
        Ok(Decoded {
            at: None,
            analytics: of("analytics_storage")?,
            marketing,
            personalization: of("ad_personalization")?,
        })
    }
}
