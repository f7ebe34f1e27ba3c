//! Secret text: compared and handed on, never shown.

/// A secret of at least 32 bytes. `Debug` shows its length only; it has no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes text of at least [`Secret::MIN_BYTES`].
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        (text.len() >= Self::MIN_BYTES).then(|| Self(text.to_owned()))
    }

    /// 256 bits: what HMAC-SHA256 can use.
    pub const MIN_BYTES: usize = 32;

    /// Makes one from 32 random bytes, as 64 hex digits.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self(hex::encode(bytes)))
    }

    /// Makes a ring of one key for `ENCRYPTION_KEYS`.
    pub(crate) fn random_ring() -> Result<Self, getrandom::Error> {
        Self::random().map(|key| Self(format!("made:{}", key.0)))
    }

    /// The bytes, for deriving keys.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The text, for the one file that keeps it.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Secret({} bytes)", self.0.len())
    }
}

/// The secrets that were given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SecretsConfig {
    /// `JWT_SECRET`.
    pub jwt: Option<Secret>,
    /// `HMAC_SECRET`.
    pub hmac: Option<Secret>,
    /// `SITE_SALT`.
    pub site_salt: Option<Secret>,
    /// `ENCRYPTION_KEYS`.
    pub encryption_keys: Option<Secret>,
}
