//! The key of deduplication and its hash.

use std::hash::{BuildHasher, Hash, Hasher};
use ut_core::{EventId, SiteId};

/// The key of deduplication. Its order, and that of its bytes, begins with the id: ids that were made one after the
/// other lie side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) struct ClaimKey {
    id: [u8; 16],
    site: u32,
}

impl ClaimKey {
    /// Bytes of a key.
    pub(in super::super) const PACKED: usize = 20;

    pub(in super::super) const fn new(site: SiteId, id: EventId) -> Self {
        Self { site: site.0, id: id.into_bytes() }
    }

    /// The key in a snapshot.
    pub(super) fn pack(self, into: &mut Vec<u8>) {
        into.extend_from_slice(&self.site.to_le_bytes());
        into.extend_from_slice(&self.id);
    }

    pub(super) fn unpack(bytes: &[u8; Self::PACKED]) -> Self {
        let [a, b, c, d, id @ ..] = *bytes;
        Self { site: u32::from_le_bytes([a, b, c, d]), id }
    }

    /// The key in the store, in the order of keys.
    pub(in super::super) fn sortable(self) -> [u8; Self::PACKED] {
        let mut bytes = [0; Self::PACKED];
        bytes[..16].copy_from_slice(&self.id);
        bytes[16..].copy_from_slice(&self.site.to_be_bytes());
        bytes
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
pub(in super::super) struct Seeded(u64);

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
pub(in super::super) struct Fold {
    seed: u64,
    state: u64,
}

impl Hasher for Fold {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks();
        words.iter().for_each(|word| self.write_u64(u64::from_le_bytes(*word)));
        rest.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_usize(&mut self, word: usize) {
        self.write_u64(word as u64);
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
