//! Keys derived from `HMAC_SECRET` by HKDF-SHA256, one label per use (architecture §5), and the ids made with them.

use crate::{EventId, PageViewKey, SessionKey, SiteId, VisitorId, VisitorKey};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

/// The derived keys.
#[derive(Clone)]
pub struct Keys {
    visitor: [u8; 32],
    session: [u8; 32],
    page_view: [u8; 32],
    seed: [u8; 32],
    cookie: [u8; 32],
    erased: [u8; 32],
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys")
    }
}

/// Derives 32 bytes from a secret for one use.
#[must_use]
pub fn derive(secret: &[u8], label: &str) -> [u8; 32] {
    let mut key = [0; 32];
    // 32 bytes are far below HKDF's limit of 255 × 32: `expand` cannot refuse them.
    let _ = Hkdf::<Sha256>::new(None, secret).expand(label.as_bytes(), &mut key);
    key
}

impl Keys {
    /// From `HMAC_SECRET`.
    #[must_use]
    pub fn new(hmac_secret: &[u8]) -> Self {
        Self {
            visitor: derive(hmac_secret, "olap-visitor"),
            session: derive(hmac_secret, "session"),
            page_view: derive(hmac_secret, "page-view"),
            seed: derive(hmac_secret, "seed"),
            cookie: derive(hmac_secret, "visitor-cookie"),
            erased: derive(hmac_secret, "erased-visitor"),
        }
    }

    /// What history stores for a visitor.
    #[must_use]
    pub fn visitor(&self, site: SiteId, visitor: VisitorId) -> VisitorKey {
        VisitorKey(first_8(&self.visitor, &[&site.0.to_le_bytes(), &visitor.0]))
    }

    /// The key of the session `visitor` opens with an event at `at` (corrected milliseconds).
    #[must_use]
    pub fn session(&self, site: SiteId, visitor: VisitorId, at: i64) -> SessionKey {
        SessionKey(first_8(&self.session, &[&site.0.to_le_bytes(), &visitor.0, &at.to_le_bytes()]))
    }

    /// What history stores for a page view.
    #[must_use]
    pub fn page_view(&self, site: SiteId, session: SessionKey, page_view: EventId) -> PageViewKey {
        let parts: [&[u8]; 3] = [&site.0.to_le_bytes(), &session.0.to_le_bytes(), page_view.as_bytes()];
        PageViewKey(first_8(&self.page_view, &parts))
    }

    /// The id of the browser that drew this seed: requests that it sends at once, before it has a cookie, end with one
    /// id. A UUIDv8 (RFC 9562 §5.8) of an HMAC-SHA256.
    #[must_use]
    pub fn seeded(&self, site: SiteId, seed: Uuid) -> Uuid {
        uuid::Builder::from_custom_bytes(first_16(&self.seed, site, seed)).into_uuid()
    }

    /// What shows that a visitor's cookie of this site was made here: half an HMAC-SHA256, which is enough
    /// (NIST SP 800-107r1 §5.3.3).
    #[must_use]
    pub fn cookie_tag(&self, site: SiteId, id: Uuid) -> [u8; 16] {
        first_16(&self.cookie, site, id)
    }
}

impl Keys {
    /// By what a visitor is recognised who was forgotten: of what history knew them as, half a keyed BLAKE3.
    #[must_use]
    pub fn erased(&self, site: SiteId, visitor: VisitorKey) -> [u8; 16] {
        let mut hasher = blake3::Hasher::new_keyed(&self.erased);
        hasher.update(&site.0.to_le_bytes()).update(&visitor.0.to_le_bytes());
        let mut tag = [0; 16];
        tag.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        tag
    }
}

fn first_16(key: &[u8; 32], site: SiteId, id: Uuid) -> [u8; 16] {
    // A key of any length is taken.
    let Ok(mut mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(key) else { return [0; 16] };
    mac.update(&site.0.to_le_bytes());
    mac.update(id.as_bytes());
    let mut first = [0; 16];
    first.copy_from_slice(&mac.finalize().into_bytes()[..16]);
    first
}

/// First 8 bytes (little-endian) of a keyed BLAKE3; never 0, which means "none".
fn first_8(key: &[u8; 32], parts: &[&[u8]]) -> u64 {
    let mut hasher = blake3::Hasher::new_keyed(key);
    for part in parts {
        hasher.update(part);
    }
    let mut first = [0; 8];
    first.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
    u64::from_le_bytes(first).max(1)
}
