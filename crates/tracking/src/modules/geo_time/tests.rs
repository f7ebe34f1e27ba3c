//! The story: a request comes with what the door knows of its place, and leaves with what its time zone adds.

use super::GeoTime;
use ut_core::event::{Circumstances, Place, PlaceSource};
use ut_core::module::Module;
use ut_testkit::builders::site;

fn completed(place: Place, tz: &str) -> Place {
    let mut circumstances = Circumstances { place, tz: tz.to_owned(), ..Circumstances::default() };
    GeoTime.request(&mut circumstances, None, &site());
    circumstances.place
}

fn country(code: &str, source: PlaceSource) -> Place {
    Place { country: code.to_owned(), source, ..Place::default() }
}

#[test]
fn the_time_zone_names_a_country_only_where_nobody_else_does() {
    for (place, tz, expected) in [
        (Place::default(), "Europe/Berlin", country("DE", PlaceSource::TimeZone)),
        (Place::default(), "Etc/UTC", Place::default()),
        (Place::default(), "", Place::default()),
        (country("FR", PlaceSource::Embedded), "Europe/Berlin", country("FR", PlaceSource::Embedded)),
        (country("FR", PlaceSource::Header), "Mars/Base", country("FR", PlaceSource::Header)),
    ] {
        assert_eq!(completed(place.clone(), tz), expected, "{place:?} {tz}");
    }
}
