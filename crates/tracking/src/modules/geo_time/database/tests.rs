//! Every network of the acceptance databases, every damaged file, both shapes of records.

use super::*;
use proptest::prelude::*;
use serde_json::{Map, Value};
use std::path::PathBuf;
use std::sync::LazyLock;
use ut_core::event::PlaceSource;

/// The folder of acceptance databases beside the checkout; `None`, with a note, where it is not there.
pub(in super::super) fn acceptance() -> Option<PathBuf> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/geo"));
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: the geo databases are not beside this checkout ({})", folder.display());
    None
}

/// An IPv4 database of one record per /8, by the names and values of MMDB: enough to write both shapes by hand.
pub(in super::super) fn mmdb(records: &[(u8, Value)]) -> Vec<u8> {
    let mut data = Vec::new();
    let mut places = Vec::new();
    for (first, record) in records {
        places.push((*first, data.len()));
        data.extend(encode(record));
    }
    // Eight levels of a full binary tree over the first octet: 255 nodes, children of node n are 2n+1 and 2n+2.
    let nodes = 255_u32;
    let mut file = Vec::new();
    for node in 0..nodes {
        for child in [2 * node + 1, 2 * node + 2] {
            let leaf = child.checked_sub(nodes).and_then(|leaf| u8::try_from(leaf).ok());
            let found = places.iter().find(|(first, _)| Some(*first) == leaf);
            let value = match (found, leaf) {
                (Some((_, offset)), _) => nodes + 16 + u32::try_from(*offset).unwrap(),
                (None, Some(_)) => nodes,
                (None, None) => child,
            };
            file.extend(&value.to_be_bytes()[1..]);
        }
    }
    file.extend([0; 16]);
    file.extend(data);
    file.extend(b"\xab\xcd\xefMaxMind.com");
    file.extend(encode(&serde_json::json!({
        "binary_format_major_version": 2, "binary_format_minor_version": 0, "build_epoch": 1_700_000_000,
        "database_type": "Test", "description": {}, "ip_version": 4, "languages": ["en"],
        "node_count": nodes, "record_size": 24,
    })));
    file
}

/// The byte or two before a value: its type and length.
fn control(kind: u8, length: usize) -> Vec<u8> {
    let length = u8::try_from(length).unwrap();
    assert!(length < 29, "long values need more bytes than this writer knows");
    if kind < 8 { vec![kind << 5 | length] } else { vec![length, kind - 7] }
}

fn number_of(kind: u8, width: usize, number: &serde_json::Number) -> Vec<u8> {
    let bytes = number.as_u64().unwrap().to_be_bytes();
    [&control(kind, width), &bytes[8 - width..]].concat()
}

/// A value in the MMDB data format: maps, lists, texts and small numbers.
fn encode(value: &Value) -> Vec<u8> {
    match value {
        Value::String(text) => [control(2, text.len()), text.as_bytes().to_vec()].concat(),
        Value::Number(number) => number_of(5, 2, number),
        Value::Array(items) => std::iter::once(control(11, items.len()))
            .chain(items.iter().map(encode))
            .collect::<Vec<_>>()
            .concat(),
        Value::Object(fields) => {
            let pairs = fields.iter().flat_map(|(key, value)| {
                // Two fields of the metadata must be of wider types, whatever their values.
                let value = match (key.as_str(), value) {
                    ("node_count", Value::Number(number)) => number_of(6, 4, number),
                    ("build_epoch", Value::Number(number)) => number_of(9, 8, number),
                    _ => encode(value),
                };
                [encode(&key.as_str().into()), value]
            });
            std::iter::once(control(7, fields.len())).chain(pairs).collect::<Vec<_>>().concat()
        }
        Value::Bool(_) | Value::Null => panic!("not needed here"),
    }
}

fn read(file: &std::path::Path) -> Vec<u8> {
    std::fs::read(file).unwrap()
}

/// First and last address of a network as it is written in the JSON files, where IPv4 stands as `::a.b.c.d`.
fn ends(network: &str) -> [IpAddr; 2] {
    let (first, bits) = network.split_once('/').unwrap();
    let bits: u32 = bits.parse().unwrap();
    let first: IpAddr = first.parse().unwrap();
    let last = match first {
        IpAddr::V4(ip) => IpAddr::V4((u32::from(ip) | u32::MAX.checked_shr(bits).unwrap_or(0)).into()),
        IpAddr::V6(ip) => IpAddr::V6((u128::from(ip) | u128::MAX.checked_shr(bits).unwrap_or(0)).into()),
    };
    [first, last]
}

/// What the JSON says, read without any code of the module.
fn expected(record: &Map<String, Value>) -> [&str; 3] {
    let record = |pointer: &str| {
        let (field, rest) = pointer.split_once('/').unwrap_or((pointer, ""));
        let value = record.get(field).and_then(|value| value.pointer(&format!("/{rest}")));
        value.and_then(Value::as_str).unwrap_or_default()
    };
    [record("country/iso_code"), record("subdivisions/0/iso_code"), record("city/names/en")]
}

#[test]
fn every_network_answers_as_its_json() {
    let Some(folder) = acceptance() else { return };
    for (name, least) in [("GeoIP2-City-Test", 250), ("GeoLite2-Country-Test", 240)] {
        let database = Database::parse(read(&folder.join(format!("{name}.mmdb")))).unwrap();
        let json: Vec<Map<String, Value>> =
            serde_json::from_slice(&read(&folder.join(format!("{name}.json")))).unwrap();
        let mut networks = 0;
        for (network, record) in json.iter().flatten() {
            for ip in ends(network) {
                let place =
                    database.find(ip).unwrap_or_else(|| panic!("{name} {network}: no record for {ip}"));
                let expected = expected(record.as_object().unwrap());
                assert_eq!(
                    [&*place.country, &*place.region, &*place.city],
                    expected,
                    "{name} {network} {ip}"
                );
                let source = if place.country.is_empty() { PlaceSource::None } else { PlaceSource::Database };
                assert_eq!(place.source, source, "{name} {network}");
            }
            networks += 1;
        }
        assert!(networks >= least, "{name} has {networks} networks");
    }
}

#[test]
fn every_damaged_file_is_refused() {
    let Some(folder) = acceptance() else { return };
    let mut refused = 0;
    for file in std::fs::read_dir(folder.join("bad")).unwrap() {
        let file = file.unwrap().path();
        let fault = Database::parse(read(&file)).expect_err(&file.display().to_string());
        // The tree of this one is sound as far as it can be reached, and leads to empty records.
        let empty = file.ends_with("libmaxminddb-corrupt-search-tree.mmdb");
        assert!(matches!(fault, Fault::Damaged(_)) || empty, "{}: {fault}", file.display());
        refused += 1;
    }
    assert!(refused >= 7, "{refused}");
}

#[test]
fn both_shapes_are_understood() {
    let long = "x".repeat(20);
    for (record, expected) in [
        (serde_json::json!({"country": {"iso_code": "DE"}}), ["DE", "", ""]),
        (
            serde_json::json!({"country": {"iso_code": "GB", "names": {"en": "United Kingdom"}},
                "subdivisions": [{"iso_code": "ENG"}, {"iso_code": "WBK"}],
                "city": {"geoname_id": 1, "names": {"de": "B", "en": "Boxford"}}}),
            ["GB", "ENG", "Boxford"],
        ),
        (
            serde_json::json!({"country": {"iso_code": "US"}, "subdivisions": [{"names": {"en": "California"}}]}),
            ["US", "California", ""],
        ),
        (serde_json::json!({"country_code": "US"}), ["US", "", ""]),
        (
            serde_json::json!({"country_code": "US", "state1": "California", "state2": "Santa Clara",
                "city": "Mountain View", "postcode": "94043", "timezone": "America/Los_Angeles"}),
            ["US", "California", "Mountain View"],
        ),
        (
            serde_json::json!({"country": "us", "region": "California", "region_code": "CA", "city": "Fresno"}),
            ["US", "CA", "Fresno"],
        ),
        (serde_json::json!({"country": "United States", "country_code": "US", "city": 7}), ["US", "", ""]),
        (serde_json::json!({"city": "Atlantis", "postcode": long}), ["", "", ""]),
        (serde_json::json!({"country": {"iso_code": "XX"}, "city": {"names": {"en": "A"}}}), ["", "", ""]),
    ] {
        let records = [(8, record.clone()), (9, serde_json::json!({"country_code": "FR"}))];
        let database = Database::parse(mmdb(&records)).unwrap();
        let place = database.find("8.1.2.3".parse().unwrap()).unwrap();
        assert_eq!([&*place.country, &*place.region, &*place.city], expected, "{record}");
        assert_eq!(database.find("9.255.255.255".parse().unwrap()).unwrap().country, "FR");
        assert_eq!(database.find("7.0.0.1".parse().unwrap()), None);
        assert_eq!(database.find("2001:4860::1".parse().unwrap()), None, "an IPv4 file knows no IPv6");
    }
}

#[test]
fn a_database_of_something_else_is_refused() {
    let numbers = mmdb(&[(8, serde_json::json!({"autonomous_system_number": 15_169}))]);
    assert_eq!(Database::parse(numbers).unwrap_err(), Fault::NoCountries);
    for nothing in [&b""[..], b"country,DE\n", &[0; 4096]] {
        assert!(matches!(Database::parse(nothing.to_vec()), Err(Fault::Damaged(_))));
    }
}

/// A sound file to be damaged: the acceptance one where it is there, else one of our own.
static SOUND: LazyLock<Vec<u8>> = LazyLock::new(|| match acceptance() {
    Some(folder) => read(&folder.join("GeoIP2-City-Test.mmdb")),
    None => mmdb(&[(8, serde_json::json!({"country": {"iso_code": "DE"}, "city": {"names": {"en": "B"}}}))]),
});

proptest! {
    #[test]
    fn no_damage_makes_it_panic(
        hits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
        cut in prop::option::of(any::<prop::sample::Index>()),
        ips in prop::collection::vec(any::<IpAddr>(), 20),
    ) {
        let mut bytes = SOUND.clone();
        for (at, byte) in hits {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(database) = Database::parse(bytes) {
            for ip in ips {
                database.find(ip);
            }
        }
    }
}
