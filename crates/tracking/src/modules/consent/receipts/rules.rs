//! The chain: what a receipt's hash covers, and where a chain breaks. Pure.

use super::facts::{Broken, Stored};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// What the first receipt of a site follows.
pub(super) const BEGINNING: [u8; 32] = [0; 32];

/// SHA-256 over everything that is stored but the hash itself. Every part that can vary in length has its length in
/// front, and nothing is told from empty, so that no two receipts are hashed alike. What is sealed goes in sealed: the
/// chain holds also when its key is destroyed.
pub(super) fn hash(row: &Stored) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(b"consent receipt 1");
    for number in [row.site, row.number, row.at] {
        hasher.update(number.to_be_bytes());
    }
    let parts: [Option<&[u8]>; 7] = [
        Some(&row.prev_hash),
        Some(&row.id),
        Some(row.axes.as_bytes()),
        Some(row.source.as_bytes()),
        row.policy_version.as_deref().map(str::as_bytes),
        row.region.as_deref().map(str::as_bytes),
        row.sealed.as_deref(),
    ];
    for part in parts {
        hasher.update([u8::from(part.is_some())]);
        let part = part.unwrap_or_default();
        hasher.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// A walk along one site's chain.
#[derive(Debug)]
pub(super) struct Walk {
    pub(super) site: i64,
    /// The last receipt that was in order; 0 before the first.
    pub(super) number: i64,
    pub(super) hash: [u8; 32],
}

impl Walk {
    /// Begins after a receipt of which only number and hash are known; 0 and [`BEGINNING`] for a whole chain.
    pub(super) const fn after(site: i64, (number, hash): (i64, [u8; 32])) -> Self {
        Self { site, number, hash }
    }

    /// Takes the row with the next higher number.
    pub(super) fn step(&mut self, row: &Stored) -> Result<(), Broken> {
        let next = self.number + 1;
        let broken = |why: &str| {
            Err(Broken {
                site: self.site,
                number: row.number,
                id: Uuid::from_slice(&row.id).ok(),
                why: why.to_owned(),
            })
        };
        if row.number > next {
            return Err(self.missing());
        }
        if row.number < next {
            return broken("its number is none a receipt can have");
        }
        let computed = hash(row);
        if row.hash != computed {
            return broken("its content is not what its hash was made of");
        }
        if row.prev_hash != self.hash {
            return broken("it does not follow the receipt before it");
        }
        (self.number, self.hash) = (next, computed);
        Ok(())
    }

    /// The chain ends here; does it, by what is noted of its end? `None`: nothing is noted.
    pub(super) fn end(&self, noted: Option<(i64, &[u8])>) -> Result<(), Broken> {
        let broken =
            |number: i64, why: &str| Err(Broken { site: self.site, number, id: None, why: why.to_owned() });
        match noted {
            None if self.number == 0 => Ok(()),
            None => broken(self.number, "it is the last one, but the note of the chain's end is gone"),
            Some((number, _)) if number > self.number => Err(self.missing()),
            Some((number, _)) if number < self.number => {
                broken(self.number, "it is the last one, but the chain's end is noted elsewhere")
            }
            Some((_, hash)) if hash != self.hash => {
                broken(self.number, "it is the last one, but the chain's end is noted with another hash")
            }
            Some(_) => Ok(()),
        }
    }

    fn missing(&self) -> Broken {
        Broken { site: self.site, number: self.number + 1, id: None, why: "it is missing".to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_row() -> impl Strategy<Value = Stored> {
        let text = "[ab]{0,2}";
        let bytes = || proptest::collection::vec(0_u8..2, 0..3);
        let optional = || proptest::option::of("[ab]{0,2}");
        let numbers = (0..2_i64, 0..2_i64, 0..2_i64);
        let texts = (text, text, optional(), optional());
        (numbers, texts, bytes(), proptest::option::of(bytes()), bytes()).prop_map(
            |((site, number, at), (axes, source, policy_version, region), id, sealed, prev_hash)| Stored {
                site,
                number,
                id,
                at,
                axes,
                source,
                policy_version,
                region,
                sealed,
                prev_hash,
                hash: Vec::new(),
            },
        )
    }

    proptest! {
        #[test]
        fn two_receipts_have_one_hash_only_when_they_are_the_same(one in any_row(), other in any_row()) {
            prop_assert_eq!(one == other, hash(&one) == hash(&other));
        }

        /// Texts that flow into each other are the likeliest way to have two receipts with one hash.
        #[test]
        fn nothing_moves_from_one_column_into_the_next(row in any_row()) {
            let mut moved = row.clone();
            if let Some(letter) = moved.axes.pop() {
                moved.source.insert(0, letter);
                prop_assert_ne!(hash(&row), hash(&moved));
            }
            let turned = Stored { policy_version: row.region.clone(), region: row.policy_version.clone(), ..row.clone() };
            prop_assert_eq!(row == turned, hash(&row) == hash(&turned));
        }
    }
}
