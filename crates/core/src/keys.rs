//! Keys derived from `HMAC_SECRET` by HKDF-SHA256, one label per use (architecture §5), and the ids made with them.

use crate::{EventId, PageViewKey, SessionKey, SiteId, VisitorId, VisitorKey};
use hkdf::Hkdf;
use sha2::Sha256;

/// The derived keys.
#[derive(Clone)]
pub struct Keys {
    visitor: [u8; 32],
    session: [u8; 32],
    page_view: [u8; 32],
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
