//! Where a request comes from, as coarse as a city.

use serde::{Deserialize, Serialize};

/// Where a request comes from; empty where unknown. The address it was found by is never kept.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Place {
    /// ISO 3166-1 alpha-2, upper case.
    pub country: String,
    /// ISO 3166-2 subdivision without the country, e.g. `BY`.
    pub region: String,
    /// English name.
    pub city: String,
    /// Who says so.
    pub source: PlaceSource,
}

/// What a place was found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum PlaceSource {
    /// A header of a trusted proxy.
    Header,
    /// The owner's database (`GEO_DB`).
    Database,
    /// The countries that are built in.
    Embedded,
    /// The browser's time zone.
    TimeZone,
    /// Nothing is known.
    #[default]
    None,
}

impl PlaceSource {
    /// The word in rows and reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Database => "database",
            Self::Embedded => "embedded",
            Self::TimeZone => "time_zone",
            Self::None => "",
        }
    }
}
