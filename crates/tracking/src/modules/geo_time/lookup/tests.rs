//! Precedence, and a file that changes under a running process.

use super::super::database::tests::{acceptance, mmdb};
use super::*;
use proptest::prelude::*;
use serde_json::json;

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// A database that puts 8.0.0.0/8 into a country and 9.0.0.0/8 nowhere.
fn database(country: &str) -> Vec<u8> {
    mmdb(&[(8, json!({"country": {"iso_code": country}, "city": {"names": {"en": "A"}}})), (9, json!({}))])
}

/// Puts a file in place of another in one step, as updaters do.
fn replace(path: &Path, bytes: &[u8]) {
    let beside = path.with_extension("new");
    std::fs::write(&beside, bytes).unwrap();
    std::fs::rename(beside, path).unwrap();
}

#[test]
fn a_header_comes_before_the_file_and_the_file_before_what_is_built_in() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("geo.mmdb");
    std::fs::write(&path, database("DE")).unwrap();
    let (with, without) = (GeoLookup::open(Some(&path)).unwrap(), GeoLookup::open(None).unwrap());
    for (header, address, lookup, country, city, source) in [
        ("FR", "8.8.8.8", &with, "FR", "", PlaceSource::Header),
        ("DE", "8.8.8.8", &with, "DE", "A", PlaceSource::Header),
        ("FR", "10.0.0.1", &without, "FR", "", PlaceSource::Header),
        ("XX", "8.8.8.8", &with, "DE", "A", PlaceSource::Database),
        ("T1", "8.8.8.8", &without, "US", "", PlaceSource::Embedded),
        ("", "::ffff:8.8.8.8", &with, "DE", "A", PlaceSource::Database),
        ("", "7.7.7.7", &with, "US", "", PlaceSource::Embedded),
        ("", "2001:4860:4860::8888", &with, "US", "", PlaceSource::Embedded),
        ("", "8.8.8.8", &without, "US", "", PlaceSource::Embedded),
        ("", "9.9.9.9", &with, "", "", PlaceSource::None),
        ("", "10.0.0.1", &with, "", "", PlaceSource::None),
        ("", "127.0.0.1", &without, "", "", PlaceSource::None),
        ("", "::1", &without, "", "", PlaceSource::None),
    ] {
        let place = lookup.locate(ip(address), |name| {
            (name == "cf-ipcountry" && !header.is_empty()).then_some(header.as_bytes())
        });
        assert_eq!((&*place.country, &*place.city), (country, city), "{header} {address}");
        assert_eq!(place.source, source, "{header} {address}");
    }
}

#[test]
fn a_file_that_cannot_be_used_at_the_start_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.mmdb");
    let text = folder.path().join("text.mmdb");
    std::fs::write(&text, "no database").unwrap();
    for (path, part) in [
        (&*missing, "cannot be read"),
        (folder.path(), "it is not a file"),
        (&text, "is damaged or no MMDB file"),
    ] {
        let error = GeoLookup::open(Some(path)).unwrap_err().to_string();
        assert!(error.starts_with(&format!("GEO_DB {} ", path.display())), "{error}");
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn a_replaced_file_answers_and_an_unusable_one_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("geo.mmdb");
    std::fs::write(&path, database("DE")).unwrap();
    let lookup = GeoLookup::open(Some(&path)).unwrap();
    let country = || lookup.lookup(ip("8.8.8.8")).country;
    assert_eq!((lookup.refresh(), country()), (Refresh::Unchanged, "DE".to_owned()));

    replace(&path, &database("FR"));
    assert_eq!((lookup.refresh(), country()), (Refresh::Replaced, "FR".to_owned()));

    let sound = database("IT");
    replace(&path, &sound[..sound.len() / 2]);
    let Refresh::Kept(error) = lookup.refresh() else { panic!("half a file was taken") };
    assert_eq!((lookup.problem(), country()), (Some(error), "FR".to_owned()));
    assert_eq!(lookup.refresh(), Refresh::Unchanged, "the same trouble is told once");

    std::fs::remove_file(&path).unwrap();
    assert!(matches!(lookup.refresh(), Refresh::Kept(_)));
    assert_eq!((lookup.refresh(), country()), (Refresh::Unchanged, "FR".to_owned()));

    std::fs::write(&path, &sound).unwrap();
    assert_eq!((lookup.refresh(), country(), lookup.problem()), (Refresh::Replaced, "IT".to_owned(), None));
}

#[test]
fn a_damaged_file_leaves_the_old_one_in_use() {
    let Some(acceptance) = acceptance() else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("geo.mmdb");
    std::fs::copy(acceptance.join("GeoIP2-City-Test.mmdb"), &path).unwrap();
    let lookup = GeoLookup::open(Some(&path)).unwrap();
    for bad in std::fs::read_dir(acceptance.join("bad")).unwrap() {
        let bad = bad.unwrap().path();
        replace(&path, &std::fs::read(&bad).unwrap());
        let kept = lookup.refresh();
        let Refresh::Kept(error) = kept else { panic!("{}: {kept:?}", bad.display()) };
        assert!(error.to_string().contains("geo.mmdb "), "{error}");
        let place = lookup.lookup(ip("2.125.160.216"));
        assert_eq!([&*place.country, &*place.region, &*place.city], ["GB", "ENG", "Boxford"]);
    }
}

#[tokio::test]
async fn the_watch_takes_a_new_file_and_ends_when_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("geo.mmdb");
    std::fs::write(&path, database("DE")).unwrap();
    let lookup = Arc::new(GeoLookup::open(Some(&path)).unwrap());
    let stop = CancellationToken::new();
    let watch = Arc::clone(&lookup).watch_every(Duration::from_millis(1), stop.clone());
    let change = async {
        replace(&path, &database("FR"));
        while lookup.lookup(ip("8.8.8.8")).country != "FR" {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        stop.cancel();
    };
    tokio::join!(watch, change);
}

proptest! {
    #[test]
    fn any_address_is_somewhere_or_nowhere(ip in any::<IpAddr>()) {
        let place = GeoLookup::open(None).unwrap().lookup(ip);
        let known = place.source == PlaceSource::Embedded && place.country.len() == 2;
        prop_assert!(known || place == Place::default());
    }
}
