//! The secrets that sign a site's server-to-server calls, held in memory for the door.

use std::sync::Arc;

/// How long the secret before a rotation stays valid: a shop's servers take the new one one after the other.
pub const ROTATION_MS: i64 = 24 * 3_600_000;

/// So many secrets before rotations are valid at a time: each costs every signed call that is wrong a comparison. A
/// rotation beyond them is refused: it would void one whose time is not over.
pub(super) const MAX_OLD_SECRETS: usize = 4;

/// A secret that is not printed by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Arc<str>);

impl Secret {
    pub(crate) fn new(secret: &str) -> Self {
        Self(secret.into())
    }

    /// The secret, `sk_…`. Compare it in constant time.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

/// A site's secrets.
#[derive(Debug, Clone)]
pub(super) struct Secrets {
    pub(super) current: Secret,
    /// Those before, the newest first, and the instants (Unix milliseconds) from which they are void.
    pub(super) old: Vec<(Secret, i64)>,
}

impl Secrets {
    /// Those that are valid at an instant, the newest first.
    pub(super) fn valid_at(&self, now_ms: i64) -> Vec<Secret> {
        let old = self.old.iter().filter(|(_, until)| now_ms < *until).map(|(secret, _)| secret.clone());
        std::iter::once(self.current.clone()).chain(old).collect()
    }

    /// When a rotation is possible again, if none is at this instant.
    pub(super) fn full_until(&self, now_ms: i64) -> Option<i64> {
        let valid: Vec<_> =
            self.old.iter().map(|(_, until)| *until).filter(|until| now_ms < *until).collect();
        (valid.len() >= MAX_OLD_SECRETS).then(|| valid.into_iter().min()).flatten()
    }
}
