//! What all events of one request have in common.

use super::{Consent, Device, Place};
use crate::SiteId;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What all events of one request have in common, apart from whose they are. Shared by them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Circumstances {
    /// The site.
    pub site: SiteId,
    /// When the door received it, Unix milliseconds.
    pub received_at: i64,
    /// Browser time zone (IANA), or empty.
    pub tz: String,
    /// Browser language, or empty.
    pub lang: String,
    /// Viewport in CSS pixels; 0 × 0 when unknown.
    pub viewport: (u16, u16),
    /// Consent at the time.
    pub consent: Consent,
    /// The device; written by `device_intel`. In bytes it stands apart.
    #[serde(skip)]
    pub device: Arc<Device>,
    /// Where it is; from the door, completed by `geo_time`.
    pub place: Place,
}

/// Of no site: what an event holds until its frame is complete.
impl Default for Circumstances {
    fn default() -> Self {
        Self {
            site: SiteId(0),
            received_at: 0,
            tz: String::new(),
            lang: String::new(),
            viewport: (0, 0),
            consent: Consent::default(),
            device: Arc::default(),
            place: Place::default(),
        }
    }
}
