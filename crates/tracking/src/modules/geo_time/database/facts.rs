//! A record of a geo database, in either of the two shapes they come in, borrowed from the file's bytes.
//!
//! Nested, as GeoIP2, GeoLite2 and DB-IP write it: `country.iso_code`, `subdivisions[].iso_code`, `city.names.en`.
//! Flat, as the country and city files of ip-location-db and IPinfo are: `country_code`, `state1` or `region_code`,
//! `city`.

use super::super::rules;
use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use ut_core::event::{Place, PlaceSource};

/// What is read of a record; absent fields are empty.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Record<'a> {
    #[serde(borrow)]
    country: Named<'a>,
    #[serde(borrow)]
    country_code: Named<'a>,
    #[serde(borrow)]
    subdivisions: Named<'a>,
    #[serde(borrow)]
    region_code: Named<'a>,
    #[serde(borrow)]
    state1: Named<'a>,
    #[serde(borrow)]
    region: Named<'a>,
    #[serde(borrow)]
    city: Named<'a>,
}

impl Record<'_> {
    /// The place; without a country it is none, for region and city mean nothing alone.
    pub(super) fn place(&self) -> Place {
        let codes = [self.country_code.code, self.country.code];
        let Some(country) = codes.into_iter().find_map(rules::country) else { return Place::default() };
        let regions = [
            self.subdivisions.code,
            self.region_code.code,
            self.subdivisions.name,
            self.state1.name,
            self.region.name,
        ];
        let region = regions.into_iter().find(|region| !region.is_empty()).unwrap_or_default();
        Place {
            region: rules::region(region, &country),
            city: rules::city(self.city.name),
            country,
            source: PlaceSource::Database,
        }
    }
}

/// A thing with a code and a name: a map with `iso_code` and `names`, a plain text that is either, or the first of a
/// list. A value of another type is empty: no reason to refuse a file.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Named<'a> {
    code: &'a str,
    name: &'a str,
}

impl<'de: 'a, 'a> Deserialize<'de> for Named<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NamedVisitor)
    }
}

struct NamedVisitor;

impl<'de> Visitor<'de> for NamedVisitor {
    type Value = Named<'de>;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a text, a map or a list")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Named { code: text, name: text })
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Self::Value, E> {
        Ok(Named::default())
    }

    fn visit_bytes<E: Error>(self, _: &[u8]) -> Result<Self::Value, E> {
        Ok(Named::default())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Named::default())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Named::default())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Named::default())
    }

    fn visit_u128<E: Error>(self, _: u128) -> Result<Self::Value, E> {
        Ok(Named::default())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Named::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let first = list.next_element()?.unwrap_or_default();
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(first)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut named = Named::default();
        while let Some(key) = map.next_key::<&str>()? {
            match key {
                "iso_code" => named.code = map.next_value::<Named<'de>>()?.code,
                "names" => named.name = map.next_value::<Names<'de>>()?.en,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(named)
    }
}

/// The languages of a name, of which reports use English.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Names<'a> {
    #[serde(borrow)]
    en: &'a str,
}

/// A value that is read to its last byte, through every pointer, and kept by nobody: whether it can be.
#[derive(Debug)]
pub(super) struct Whole;

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WholeVisitor)
    }
}

struct WholeVisitor;

impl<'de> Visitor<'de> for WholeVisitor {
    type Value = Whole;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("any value")
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Whole, E> {
        Ok(Whole)
    }

    fn visit_bytes<E: Error>(self, _: &[u8]) -> Result<Whole, E> {
        Ok(Whole)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Whole, E> {
        Ok(Whole)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Whole, E> {
        Ok(Whole)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Whole, E> {
        Ok(Whole)
    }

    fn visit_u128<E: Error>(self, _: u128) -> Result<Whole, E> {
        Ok(Whole)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Whole, E> {
        Ok(Whole)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Whole, A::Error> {
        while list.next_element::<Whole>()?.is_some() {}
        Ok(Whole)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Whole, A::Error> {
        while map.next_entry::<Whole, Whole>()?.is_some() {}
        Ok(Whole)
    }
}
