//! Where in the world an event happens, as coarse as a city: from a proxy's header, a database of addresses, or the
//! browser's time zone.

mod database;
mod facts;
mod lookup;
mod rules;
#[cfg(test)]
mod tests;

pub use facts::proxy_headers;
pub use lookup::{GeoDatabaseError, GeoLookup, Refresh};
pub use rules::from_headers;
use ut_core::event::{Circumstances, Client, PlaceSource};
use ut_core::module::Module;
use ut_core::rights::{Hands, Part, RightsError, Subject, Veil};
use ut_core::site::Site;

/// The module.
#[derive(Debug)]
pub struct GeoTime;

#[async_trait::async_trait]
impl Module for GeoTime {
    fn name(&self) -> &'static str {
        "geo_time"
    }

    /// Where the door found no country, the browser's time zone names one.
    fn request(&self, circumstances: &mut Circumstances, _client: Option<&Client>, _site: &Site) {
        if !circumstances.place.country.is_empty() {
            return;
        }
        if let Some(country) = rules::country_of_time_zone(&circumstances.tz) {
            country.clone_into(&mut circumstances.place.country);
            circumstances.place.source = PlaceSource::TimeZone;
        }
    }

    /// What it knows are columns of events and sessions, which history shows.
    async fn export(&self, _: &Subject, _: &Hands<'_>) -> Result<Vec<Part>, RightsError> {
        Ok(Vec::new())
    }

    /// And history takes out.
    async fn forget(&self, _: &Subject, _: Veil, _: &Hands<'_>) -> Result<(), RightsError> {
        Ok(())
    }
}
