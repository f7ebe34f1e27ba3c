//! The device behind a request.

use serde::{Deserialize, Serialize};

/// What the device is, by names people use; empty where unknown. Written by `device_intel`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Device {
    /// E.g. `Chrome`.
    pub browser: String,
    /// Its major version.
    pub browser_version: String,
    /// E.g. `Windows`.
    pub os: String,
    /// Its version.
    pub os_version: String,
    /// What kind of device it is.
    pub device_type: DeviceType,
    /// E.g. `Apple`.
    pub brand: String,
    /// E.g. `iPhone`.
    pub model: String,
    /// Why it is taken for a machine; empty for people.
    pub bot: String,
}

/// Kinds of devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum DeviceType {
    /// A computer.
    Desktop,
    /// A phone.
    Mobile,
    /// A tablet.
    Tablet,
    /// A television.
    Tv,
    /// A game console.
    Console,
    /// A watch or glasses.
    Wearable,
    /// Not known.
    #[default]
    Unknown,
}

impl DeviceType {
    /// The word in rows and reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Desktop => "desktop",
            Self::Mobile => "mobile",
            Self::Tablet => "tablet",
            Self::Tv => "tv",
            Self::Console => "console",
            Self::Wearable => "wearable",
            Self::Unknown => "",
        }
    }
}
