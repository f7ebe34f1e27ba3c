//! Which (site, event id) pairs were accepted during the last 25 hours.
//!
//! One exact hash set per hour of the receipt clock: an hour is forgotten by dropping its set, and a snapshot shares
//! the sets instead of copying them. A slot takes 21 bytes and a set is 7/16 to 7/8 full, so a claim costs 24 to 48
//! bytes; a look-up probes at most 27 sets, one cache line each.

use std::collections::{BTreeMap, HashSet};
use std::hash::{BuildHasher, Hash, Hasher};
use std::ops::RangeInclusive;
use std::sync::Arc;
use ut_core::{EventId, SiteId};

/// Milliseconds of an hour.
pub(super) const HOUR_MS: i64 = 60 * 60 * 1000;
/// Claims are kept so many hours after the end of the hour they were made in.
pub(super) const KEEP_HOURS: i64 = 25;

/// The key of deduplication.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ClaimKey {
    site: u32,
    id: [u8; 16],
}

impl ClaimKey {
    /// Bytes of a key in a snapshot.
    pub(super) const PACKED: usize = 20;

    pub(super) const fn new(site: SiteId, id: EventId) -> Self {
        Self { site: site.0, id: id.into_bytes() }
    }

    fn pack(self, into: &mut Vec<u8>) {
        into.extend_from_slice(&self.site.to_le_bytes());
        into.extend_from_slice(&self.id);
    }

    fn unpack(bytes: &[u8; Self::PACKED]) -> Self {
        let [a, b, c, d, id @ ..] = *bytes;
        Self { site: u32::from_le_bytes([a, b, c, d]), id }
    }
}

impl Hash for ClaimKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let id = u128::from_le_bytes(self.id);
        state.write_u64(id as u64);
        state.write_u64((id >> 64) as u64);
        state.write_u32(self.site);
    }
}

/// A multiply-and-fold hash with a seed of this process: senders choose the ids, so the hash must not be guessable.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seeded(u64);

impl Default for Seeded {
    fn default() -> Self {
        Self(std::hash::RandomState::new().hash_one(0))
    }
}

impl BuildHasher for Seeded {
    type Hasher = Fold;

    fn build_hasher(&self) -> Fold {
        Fold { seed: self.0, state: self.0.rotate_left(32) }
    }
}

/// See [`Seeded`].
#[derive(Debug)]
pub(super) struct Fold {
    seed: u64,
    state: u64,
}

impl Hasher for Fold {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u32(&mut self, word: u32) {
        self.write_u64(u64::from(word));
    }

    fn write_u64(&mut self, word: u64) {
        // An odd, well mixed constant (the golden ratio's fraction), moved by the seed.
        let factor = 0x9E37_79B9_7F4A_7C15 ^ (self.seed << 1);
        let wide = u128::from(self.state ^ word) * u128::from(factor);
        self.state = (wide as u64) ^ ((wide >> 64) as u64).rotate_left(23);
    }

    fn finish(&self) -> u64 {
        self.state
    }
}

/// The set of one hour, shared with a snapshot that is being written.
pub(super) type Hour = Arc<HashSet<ClaimKey, Seeded>>;

/// The hours whose claims count at receipt time `clock`.
pub(super) fn kept_hours(clock: i64) -> RangeInclusive<i64> {
    let now = clock.div_euclid(HOUR_MS);
    now - KEEP_HOURS - 1..=now + KEEP_HOURS
}

/// The claims.
#[derive(Debug, Default)]
pub(super) struct Claims {
    hours: BTreeMap<i64, Hour>,
    seed: Seeded,
}

impl Claims {
    /// Is `key` claimed, at receipt time `clock`?
    pub(super) fn contains(&self, key: &ClaimKey, clock: i64) -> bool {
        self.hours.range(kept_hours(clock)).rev().any(|(_, hour)| hour.contains(key))
    }

    /// How many claims are held.
    pub(super) fn len(&self) -> usize {
        self.hours.values().map(|hour| hour.len()).sum()
    }

    /// Claims `key` at receipt time `clock`.
    pub(super) fn insert(&mut self, key: ClaimKey, clock: i64) {
        let seed = self.seed;
        let hour = self
            .hours
            .entry(clock.div_euclid(HOUR_MS))
            .or_insert_with(|| Arc::new(HashSet::with_hasher(seed)));
        Arc::make_mut(hour).insert(key);
    }

    /// Forgets the hours that are 25 hours over, and any that lie as far ahead (the machine's clock was set back).
    pub(super) fn expire(&mut self, clock: i64) {
        let kept = kept_hours(clock);
        self.hours.retain(|hour, _| kept.contains(hour));
    }

    /// The sets as they stand.
    pub(super) fn share(&self) -> Vec<(i64, Hour)> {
        self.hours.iter().map(|(hour, set)| (*hour, Arc::clone(set))).collect()
    }

    /// A set as bytes, [`ClaimKey::PACKED`] per claim.
    pub(super) fn pack(hour: &Hour) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(hour.len() * ClaimKey::PACKED);
        hour.iter().for_each(|key| key.pack(&mut bytes));
        bytes
    }

    /// The claims of a snapshot.
    pub(super) fn unpack(hours: &[(i64, Vec<u8>)]) -> Self {
        let seed = Seeded::default();
        let set = |bytes: &Vec<u8>| {
            let mut set = HashSet::with_capacity_and_hasher(bytes.len() / ClaimKey::PACKED, seed);
            set.extend(bytes.as_chunks().0.iter().map(ClaimKey::unpack));
            Arc::new(set)
        };
        Self { hours: hours.iter().map(|(hour, bytes)| (*hour, set(bytes))).collect(), seed }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(n: u128) -> ClaimKey {
        ClaimKey::new(SiteId(1), EventId::from_u128(n))
    }

    #[test]
    fn a_claim_lives_25_hours_and_not_27() {
        let mut claims = Claims::default();
        claims.insert(key(1), 10 * HOUR_MS + HOUR_MS - 1);
        claims.expire(35 * HOUR_MS + HOUR_MS - 1);
        assert!(claims.contains(&key(1), 35 * HOUR_MS), "25 hours later");
        claims.expire(37 * HOUR_MS);
        assert!(!claims.contains(&key(1), 37 * HOUR_MS), "27 hours later");
    }

    #[test]
    fn the_same_id_of_another_site_is_another_claim() {
        let mut claims = Claims::default();
        claims.insert(key(1), 0);
        assert!(!claims.contains(&ClaimKey::new(SiteId(2), EventId::from_u128(1)), 0));
    }

    #[test]
    fn packing_keeps_every_claim() {
        let mut claims = Claims::default();
        (0..1000).for_each(|n| claims.insert(key(n), n as i64 * 10_000));
        let packed: Vec<_> = claims.share().iter().map(|(hour, set)| (*hour, Claims::pack(set))).collect();
        let back = Claims::unpack(&packed);
        assert!((0..1000).all(|n| back.contains(&key(n), 0)) && !back.contains(&key(1000), 0));
    }
}
