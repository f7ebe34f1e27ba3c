//! Sealed personal data that can be forgotten: each subject has a key of its own, and deleting that key makes everything
//! sealed with it unreadable for ever, also in copies nobody can reach.
//!
//! A subject's 256-bit key is made when something is first sealed for them, and stored wrapped by a key of
//! `ENCRYPTION_KEYS`. Both layers are XChaCha20-Poly1305 with random nonces. What is sealed is bound to site, subject and
//! field: it opens nowhere else.

mod cache;
mod error;
mod keyring;
mod rotate;
mod seal;
mod store;
#[cfg(test)]
mod tests;

pub use error::VaultError;
pub use keyring::Keyring;
pub use rotate::Rotation;
pub use seal::Sealed;

use cache::Keys;
use hmac::{Hmac, KeyInit, Mac};
use keyring::Kek;
use seal::{DataKey, WrappedKey};
use sha2::Sha256;
use std::sync::Arc;
use ut_core::module::Migration;
use ut_core::ports::{Transactional, TransactionalError};
use ut_core::{Clock, SiteId, VisitorId};
use zeroize::Zeroizing;

/// The table of data keys.
pub const MIGRATIONS: &[Migration] = &[Migration {
    number: 2_026_112_303,
    name: "create_vault_keys",
    sql: include_str!("sql/create_vault_keys.transactional.sql"),
}];

/// Another process may make or destroy a subject's key meanwhile; more than a few times in a row it does not.
const ATTEMPTS: usize = 5;

/// Whose key it is: one person as far as a site can tell, named by 16 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Subject(pub [u8; 16]);

impl From<VisitorId> for Subject {
    fn from(visitor: VisitorId) -> Self {
        Self(visitor.0)
    }
}

/// Seals, opens and forgets. The store must be migrated ([`MIGRATIONS`]).
pub struct Vault {
    store: Arc<dyn Transactional>,
    clock: Arc<dyn Clock>,
    keyring: Keyring,
    index_key: Zeroizing<[u8; 32]>,
    keys: Keys,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault").field("keyring", &self.keyring).finish_non_exhaustive()
    }
}

impl Vault {
    /// `pepper` is the root of blind indexes. It must outlive every key of the ring: with another one, nobody is found.
    #[must_use]
    pub fn new(
        store: Arc<dyn Transactional>,
        clock: Arc<dyn Clock>,
        keyring: Keyring,
        pepper: &[u8],
    ) -> Self {
        let index_key = Zeroizing::new(ut_core::keys::derive(pepper, "blind-index"));
        Self { store, clock, keyring, index_key, keys: Keys::default() }
    }

    /// Seals bytes for a subject. `field` names what they are (`email`); they open under the same name only.
    pub async fn seal(
        &self,
        site: SiteId,
        subject: Subject,
        field: &str,
        bytes: &[u8],
    ) -> Result<Sealed, VaultError> {
        self.key_of(site, subject).await?.seal(field, bytes)
    }

    /// Opens what was sealed for this site, subject and field.
    pub async fn open(
        &self,
        site: SiteId,
        subject: Subject,
        field: &str,
        sealed: &Sealed,
    ) -> Result<Vec<u8>, VaultError> {
        let (whose, bytes) = self.open_whose(site, field, sealed).await?;
        if whose != subject {
            return Err(VaultError::DoesNotOpen { what: field.to_owned() });
        }
        Ok(bytes)
    }

    /// Opens what was sealed for this site and field, and says for whom it was.
    pub async fn open_whose(
        &self,
        site: SiteId,
        field: &str,
        sealed: &Sealed,
    ) -> Result<(Subject, Vec<u8>), VaultError> {
        let does_not_open = || VaultError::DoesNotOpen { what: field.to_owned() };
        let (handle, rest) = sealed.split().ok_or_else(does_not_open)?;
        let key = if let Some(key) = self.keys.by_handle(handle) {
            key
        } else {
            let shreds = self.keys.shreds();
            let row = store::by_handle(self.store.as_ref(), handle).await?.ok_or(VaultError::Shredded)?;
            self.unwrapped(shreds, &row)?
        };
        if key.site != site {
            return Err(does_not_open());
        }
        Ok((key.subject, key.open(field, rest)?))
    }

    /// Destroys a subject's key, and every copy of it in the store's files; was there one? Repeating it is harmless, and
    /// needed after an error. What is sealed for the subject afterwards gets a new key.
    pub async fn shred(&self, site: SiteId, subject: Subject) -> Result<bool, VaultError> {
        let shredded = store::shred(self.store.as_ref(), site, subject).await;
        // Also after an error: the store may have done it.
        self.keys.forget(site, subject);
        let shredded = shredded?;
        self.store.scrub().await?;
        Ok(shredded)
    }

    /// The same value of the same field has the same index, and without the pepper nobody can try values. The value must
    /// be in its normal form already: what that is depends on the field.
    #[must_use]
    pub fn blind_index(&self, site: SiteId, field: &str, value: &str) -> [u8; 32] {
        let mut block = Zeroizing::new([0; 64]);
        // A key shorter than a block is filled with zeros (RFC 2104).
        block[..32].copy_from_slice(self.index_key.as_slice());
        let mut mac = Hmac::<Sha256>::new(&(*block).into());
        mac.update(&site.0.to_be_bytes());
        // Its length in front: `ab` of field `c` is not `b` of field `ca`.
        mac.update(&u64::try_from(field.len()).unwrap_or(u64::MAX).to_be_bytes());
        mac.update(field.as_bytes());
        mac.update(value.as_bytes());
        mac.finalize().into_bytes().into()
    }

    /// Everyone of a site for whom something can be opened.
    pub async fn subjects(&self, site: SiteId) -> Result<Vec<Subject>, VaultError> {
        store::subjects(self.store.as_ref(), site).await
    }

    /// What everything begins with that is sealed for a subject; `None` when nothing can be opened.
    pub async fn mark(&self, site: SiteId, subject: Subject) -> Result<Option<Vec<u8>>, VaultError> {
        let row = store::of_subject(self.store.as_ref(), site, subject).await?;
        Ok(row.map(|row| Sealed::mark(row.handle)))
    }

    /// A subject's key, made if there is none.
    async fn key_of(&self, site: SiteId, subject: Subject) -> Result<Arc<DataKey>, VaultError> {
        if let Some(key) = self.keys.of_subject(site, subject) {
            return Ok(key);
        }
        let mut attempt = 1;
        loop {
            let shreds = self.keys.shreds();
            if let Some(row) = store::of_subject(self.store.as_ref(), site, subject).await? {
                return self.unwrapped(shreds, &row);
            }
            let key = Arc::new(DataKey::make(site, subject)?);
            let kek = self.keyring.newest();
            match store::insert(self.store.as_ref(), &key, kek, self.clock.now_ms()).await {
                Ok(()) => {
                    self.keys.keep(shreds, &key);
                    return Ok(key);
                }
                Err(VaultError::Store(TransactionalError::Conflict { .. })) if attempt < ATTEMPTS => {
                    attempt += 1
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn unwrapped(&self, shreds: u64, row: &WrappedKey) -> Result<Arc<DataKey>, VaultError> {
        let key = Arc::new(DataKey::unwrap(row, self.keyring.find(&row.kek)?)?);
        self.keys.keep(shreds, &key);
        Ok(key)
    }
}
