//! The two layers: a data key wrapped by a key of the ring, and bytes sealed with a data key.

use super::{Kek, Subject, VaultError};
use crate::sites::random_bytes;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use ut_core::SiteId;
use zeroize::Zeroizing;

/// In front of everything sealed: a later way of sealing has another.
const VERSION: &[u8; 2] = b"v1";
const NONCE_BYTES: usize = 24;

/// The random name of a data key.
pub(super) type Handle = [u8; 16];

/// A subject's key, unwrapped. Overwritten when the last user drops it.
pub(super) struct DataKey {
    pub(super) handle: Handle,
    pub(super) site: SiteId,
    pub(super) subject: Subject,
    pub(super) key: Zeroizing<[u8; 32]>,
}

/// Something sealed: `v1 ‖ key's handle ‖ nonce ‖ cipher text and tag`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed(Vec<u8>);

impl Sealed {
    /// What a store kept.
    #[must_use]
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// What a store keeps.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// What it begins with.
    pub(super) fn mark(handle: Handle) -> Vec<u8> {
        [VERSION.as_slice(), &handle].concat()
    }

    /// The key's handle, and what follows it.
    pub(super) fn split(&self) -> Option<(Handle, &[u8])> {
        let rest = self.0.strip_prefix(VERSION)?;
        rest.split_first_chunk().map(|(handle, rest)| (*handle, rest))
    }
}

impl DataKey {
    /// A new one.
    pub(super) fn make(site: SiteId, subject: Subject) -> Result<Self, VaultError> {
        Ok(Self { handle: random_bytes()?, site, subject, key: Zeroizing::new(random_bytes()?) })
    }

    pub(super) fn seal(&self, field: &str, bytes: &[u8]) -> Result<Sealed, VaultError> {
        let mut sealed = Sealed::mark(self.handle);
        sealed.extend(encrypt(&self.key, &self.bound_to(field), bytes)?);
        Ok(Sealed(sealed))
    }

    pub(super) fn open(&self, field: &str, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        decrypt(&self.key, &self.bound_to(field), sealed)
            .ok_or_else(|| VaultError::DoesNotOpen { what: field.to_owned() })
    }

    /// What a sealed value is bound to. Only the last part has no fixed length, so that no two bindings look alike.
    fn bound_to(&self, field: &str) -> Vec<u8> {
        [VERSION.as_slice(), &self.site.0.to_be_bytes(), &self.subject.0, field.as_bytes()].concat()
    }

    pub(super) fn wrap(&self, kek: &Kek) -> Result<Vec<u8>, VaultError> {
        encrypt(&kek.key, &self.owner(&kek.id), self.key.as_slice())
    }

    /// The key of a row.
    pub(super) fn unwrap(row: &WrappedKey, kek: &Kek) -> Result<Self, VaultError> {
        let mut key =
            Self { handle: row.handle, site: row.site, subject: row.subject, key: Zeroizing::default() };
        let opened = decrypt(&kek.key, &key.owner(&kek.id), &row.wrapped).map(Zeroizing::new);
        let bytes = opened.as_ref().and_then(|bytes| bytes.as_slice().try_into().ok());
        let does_not_open =
            || VaultError::DoesNotOpen { what: format!("the key {}", hex::encode(row.handle)) };
        key.key = Zeroizing::new(bytes.ok_or_else(does_not_open)?);
        Ok(key)
    }

    /// What a wrapped key is bound to: nobody can put one subject's key into another's row.
    fn owner(&self, kek: &str) -> Vec<u8> {
        let site = self.site.0.to_be_bytes();
        [b"key".as_slice(), &self.handle, &site, &self.subject.0, kek.as_bytes()].concat()
    }
}

/// A row of `vault_keys`.
#[derive(Debug)]
pub(super) struct WrappedKey {
    pub(super) handle: Handle,
    pub(super) site: SiteId,
    pub(super) subject: Subject,
    pub(super) kek: String,
    pub(super) wrapped: Vec<u8>,
}

fn encrypt(key: &[u8; 32], aad: &[u8], msg: &[u8]) -> Result<Vec<u8>, VaultError> {
    let nonce = random_bytes::<NONCE_BYTES>()?;
    let sealed = cipher(key).encrypt(&XNonce::from(nonce), Payload { msg, aad });
    // The cipher refuses only messages of more than 256 GiB.
    let sealed = sealed.map_err(|_| VaultError::DoesNotOpen { what: "a message of 256 GiB".to_owned() })?;
    Ok([nonce.as_slice(), &sealed].concat())
}

fn decrypt(key: &[u8; 32], aad: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, msg) = sealed.split_first_chunk::<NONCE_BYTES>()?;
    cipher(key).decrypt(&XNonce::from(*nonce), Payload { msg, aad }).ok()
}

/// It wipes its copy of the key when it is dropped.
fn cipher(key: &[u8; 32]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.into())
}
