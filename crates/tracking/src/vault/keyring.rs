//! The keys of `ENCRYPTION_KEYS`, which wrap the subjects' data keys and nothing else.

use super::VaultError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use std::sync::Arc;
use zeroize::Zeroizing;

/// An id is stored with every key it wraps.
const MAX_ID: usize = 32;

/// A key-encryption key.
#[derive(Clone)]
pub(super) struct Kek {
    pub(super) id: Arc<str>,
    pub(super) key: Zeroizing<[u8; 32]>,
}

/// The keys, the newest first. At least one.
#[derive(Clone)]
pub struct Keyring(Vec<Kek>);

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Keyring").field(&self.ids().collect::<Vec<_>>()).finish()
    }
}

impl Keyring {
    /// Reads `id:key,id:key,…`, each key being 32 bytes in base64 or as 64 hex digits; `None` when it is not that, or an
    /// id comes twice.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let keys: Vec<Kek> = text.split(',').map(|part| kek(part.trim())).collect::<Option<_>>()?;
        let twice =
            keys.iter().enumerate().any(|(at, key)| keys[..at].iter().any(|other| other.id == key.id));
        (!twice).then_some(Self(keys))
    }

    /// The ids, the newest first.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|key| key.id.as_ref())
    }

    /// The key that wraps new ones.
    pub(super) fn newest(&self) -> &Kek {
        &self.0[0]
    }

    pub(super) fn find(&self, id: &str) -> Result<&Kek, VaultError> {
        let found = self.0.iter().find(|key| key.id.as_ref() == id);
        found.ok_or_else(|| VaultError::MissingKek { kek: id.to_owned() })
    }
}

fn kek(text: &str) -> Option<Kek> {
    let (id, key) = text.split_once(':')?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let id_fits = !id.is_empty() && id.len() <= MAX_ID && id.bytes().all(plain);
    id_fits.then(|| Some(Kek { id: id.into(), key: key_bytes(key)? })).flatten()
}

fn key_bytes(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let bytes = if text.len() == 64 {
        Zeroizing::new(hex::decode(text).ok()?)
    } else {
        // Both alphabets, with and without padding: tools differ.
        let text = Zeroizing::new(text.trim_end_matches('=').replace('-', "+").replace('_', "/"));
        Zeroizing::new(STANDARD_NO_PAD.decode(text.as_bytes()).ok()?)
    };
    bytes.as_slice().try_into().ok().map(Zeroizing::new)
}
