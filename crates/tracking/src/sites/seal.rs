//! A secret at rest: sealed, because signed calls are checked with the secret itself and not with a hash.

use super::random;
use super::{RandomError, SiteError};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

const NONCE_BYTES: usize = 24;

/// Seals and opens with a key derived from `HMAC_SECRET`.
#[derive(Clone)]
pub(crate) struct Sealer(XChaCha20Poly1305);

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer")
    }
}

impl Sealer {
    /// For one `use_`: what was sealed for another does not open.
    pub(crate) fn new(hmac_secret: &[u8], use_: &str) -> Self {
        Self(XChaCha20Poly1305::new(&ut_core::keys::derive(hmac_secret, use_).into()))
    }

    /// Nonce, cipher text and tag. The site's key is bound in, so that a row cannot be moved to another site.
    pub(crate) fn seal(&self, site_key: &str, secret: &str) -> Result<Vec<u8>, RandomError> {
        let nonce = random::bytes::<NONCE_BYTES>()?;
        let payload = Payload { msg: secret.as_bytes(), aad: site_key.as_bytes() };
        let mut sealed = nonce.to_vec();
        // The cipher refuses only messages of more than 256 GiB.
        sealed.extend(self.0.encrypt(&XNonce::from(nonce), payload).unwrap_or_default());
        Ok(sealed)
    }

    /// The secret, if it was sealed with this key for this site.
    pub(crate) fn open(&self, site: u32, site_key: &str, sealed: &[u8]) -> Result<String, SiteError> {
        let does_not_open = SiteError::Sealed { site };
        let Some((nonce, msg)) = sealed.split_first_chunk::<NONCE_BYTES>() else { return Err(does_not_open) };
        let payload = Payload { msg, aad: site_key.as_bytes() };
        self.0
            .decrypt(&XNonce::from(*nonce), payload)
            .ok()
            .and_then(|secret| String::from_utf8(secret).ok())
            .ok_or(does_not_open)
    }
}
