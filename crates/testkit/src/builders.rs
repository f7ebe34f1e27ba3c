//! Plain values of the core that many tests begin with.

use ut_core::SiteId;
use ut_core::event::{Consent, Currency, Place, Received, Sealed};
use ut_core::ports::SaltDay;
use ut_core::site::{Site, SiteSettings};

/// Site 1, `shop.example`, in euros and UTC, with no settings of its own.
#[must_use]
pub fn site() -> Site {
    Site {
        id: SiteId(1),
        key: String::new(),
        domains: vec!["shop.example".to_owned()],
        currency: Currency::parse("EUR").unwrap_or_else(|error| unreachable!("{error}")),
        time_zone: jiff::tz::TimeZone::UTC,
        session_timeout_min: 30,
        settings: SiteSettings::default(),
    }
}

/// A request of a site, of which nothing else is known and in which there is no event.
#[must_use]
pub fn received(site: &Site, received_at: i64) -> Received {
    Received {
        site: site.id,
        received_at,
        tz: String::new(),
        lang: String::new(),
        viewport: (0, 0),
        consent: Consent::default(),
        place: Place::default(),
        excluded: false,
        confidential: Sealed { day: SaltDay(0), nonce: [0; 24], bytes: Vec::new() },
        drafts: Vec::new(),
    }
}
