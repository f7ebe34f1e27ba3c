//! The countries built in. Half a million ranges, of which a search by halves would touch a dozen places of memory: a
//! coarse index of IPv4 leads to the few that are near.

use super::super::rules;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use tor_geoip::{CountryCode, GeoipDb};

/// The index has an entry for each value of so many first bits: small enough to stay in the processor's caches.
const BITS: u32 = 13;

/// The database, and its index.
#[derive(Debug)]
pub(super) struct Embedded {
    database: Arc<GeoipDb>,
    /// How many ranges begin before the first address with these bits; one more at the end.
    index: Box<[u32]>,
}

impl Embedded {
    pub(super) fn new() -> Self {
        let database = GeoipDb::new_embedded();
        let starts = database.export_raw().ipv4_starts;
        let before = |bits: u64| starts.partition_point(|start| u64::from(*start) < bits << (32 - BITS));
        let index = (0..=1 << BITS).map(|bits| u32::try_from(before(bits)).unwrap_or(u32::MAX)).collect();
        Self { database, index }
    }

    /// The country of an address.
    pub(super) fn country(&self, ip: IpAddr) -> Option<String> {
        let code = match ip {
            IpAddr::V4(ip) => self.v4(ip),
            IpAddr::V6(_) => self.database.lookup_country_code(ip),
        };
        code.and_then(|code| rules::country(code.get()))
    }

    fn v4(&self, ip: Ipv4Addr) -> Option<&CountryCode> {
        let (raw, ip) = (self.database.export_raw(), ip.to_bits());
        let bits = (ip >> (32 - BITS)) as usize;
        let (from, to) = (*self.index.get(bits)? as usize, *self.index.get(bits + 1)? as usize);
        let after = from + raw.ipv4_starts.get(from..to)?.partition_point(|start| *start <= ip);
        raw.ipv4_ccs.get(after.checked_sub(1)?)?.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_changes_no_answer() {
        let embedded = Embedded::new();
        let raw = embedded.database.export_raw();
        assert!(raw.ipv4_starts.len() > 100_000);
        // Where a range begins, before it, and where the index does.
        let begins =
            raw.ipv4_starts.iter().flat_map(|start| [start.wrapping_sub(1), *start, start.wrapping_add(1)]);
        let edges = (0..1_u32 << BITS).flat_map(|bits| {
            let edge = bits << (32 - BITS);
            [edge.wrapping_sub(1), edge]
        });
        for ip in begins.chain(edges).chain([0, u32::MAX]).map(Ipv4Addr::from_bits) {
            assert_eq!(embedded.v4(ip), embedded.database.lookup_country_code(ip.into()), "{ip}");
        }
    }
}
