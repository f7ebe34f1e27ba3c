//! What a request says of the device that sent it.

use super::Ids;
use serde::{Deserialize, Serialize};

/// What a request says of the device that sent it. In `received` it is sealed; `enriched` holds [`super::Device`]
/// instead.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Client {
    /// The `User-Agent` header, or empty.
    pub user_agent: String,
    /// Client hints.
    pub hints: Hints,
    /// The browser says that a program drives it (`navigator.webdriver`).
    pub webdriver: bool,
    /// `navigator.maxTouchPoints`; 0 when unknown.
    pub touch_points: u8,
}

/// Client hints as sent, single strings without their quotes; empty when not sent.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Hints {
    /// `Sec-CH-UA`: the list of brands.
    pub brands: String,
    /// `Sec-CH-UA-Mobile`.
    pub mobile: Option<bool>,
    /// `Sec-CH-UA-Platform`.
    pub platform: String,
    /// `Sec-CH-UA-Platform-Version`.
    pub platform_version: String,
    /// `Sec-CH-UA-Model`.
    pub model: String,
}

/// What of a request is readable only while its salt day's key lives.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Confidential {
    /// Per draft, whose it may be; `None` when the salt of its time is destroyed.
    pub ids: Vec<Option<Ids>>,
    /// What the request says of its device; `None` when a shop's back end speaks and does not say whose it was.
    pub client: Option<Client>,
}
