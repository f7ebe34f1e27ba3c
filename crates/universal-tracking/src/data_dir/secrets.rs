//! The secrets a server works with: those that were given, and for the rest random ones kept in
//! `DATA_DIR/secrets.toml` (mode 0600), so that a restart signs nobody out and keeps the keys of stored ids.

use super::{DataDir, DataDirError};
use crate::config::kind::Kind;
use crate::config::{Secret, SecretsConfig};
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use ut_tracking::vault::Keyring;

/// All secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secrets {
    /// `JWT_SECRET`.
    pub jwt: Secret,
    /// `HMAC_SECRET`.
    pub hmac: Secret,
    /// `ENCRYPTION_KEYS`: a ring, see [`Keyring::parse`].
    pub encryption_keys: Secret,
    /// The root of blind indexes: `SITE_SALT`, and without it `HMAC_SECRET`, which outlives every encryption key too.
    pub pepper: Secret,
}

const JWT: &str = "jwt_secret";
const HMAC: &str = "hmac_secret";
const KEYS: &str = "encryption_keys";

/// What the file holds, or shall hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Kept {
    jwt: Option<Secret>,
    hmac: Option<Secret>,
    encryption_keys: Option<Secret>,
}

impl DataDir {
    /// The given secrets, and kept ones for the rest; what is missing in both is made and kept.
    pub fn secrets(&self, given: &SecretsConfig) -> Result<Secrets, DataDirError> {
        let SecretsConfig { jwt, hmac, site_salt, encryption_keys } = given.clone();
        let (jwt, hmac, encryption_keys) = match (jwt, hmac, encryption_keys) {
            (Some(jwt), Some(hmac), Some(keys)) => (jwt, hmac, keys),
            (jwt, hmac, keys) => {
                let kept = self.kept()?;
                (jwt.unwrap_or(kept.0), hmac.unwrap_or(kept.1), keys.unwrap_or(kept.2))
            }
        };
        let pepper = site_salt.unwrap_or_else(|| hmac.clone());
        Ok(Secrets { jwt, hmac, encryption_keys, pepper })
    }

    /// The kept ones; those that are missing are made.
    fn kept(&self) -> Result<(Secret, Secret, Secret), DataDirError> {
        let path = self.path.join("secrets.toml");
        let kept = read(&path)?;
        let jwt = kept_or(kept.jwt.as_ref(), Secret::random)?;
        let hmac = kept_or(kept.hmac.as_ref(), Secret::random)?;
        let keys = kept_or(kept.encryption_keys.as_ref(), Secret::random_ring)?;
        let all =
            Kept { jwt: Some(jwt.clone()), hmac: Some(hmac.clone()), encryption_keys: Some(keys.clone()) };
        if kept != all {
            write(&self.path, &[(JWT, &jwt), (HMAC, &hmac), (KEYS, &keys)])
                .map_err(|error| DataDirError::Io { path, doing: "the secrets cannot be kept", error })?;
        }
        Ok((jwt, hmac, keys))
    }
}

fn kept_or(
    kept: Option<&Secret>,
    make: fn() -> Result<Secret, getrandom::Error>,
) -> Result<Secret, DataDirError> {
    let made = |error: getrandom::Error| DataDirError::Io {
        path: "secrets.toml".into(),
        doing: "no random bytes",
        error: std::io::Error::other(error.to_string()),
    };
    kept.map_or_else(|| make().map_err(made), |kept| Ok(kept.clone()))
}

/// What the file holds. It must be ours alone, and a value that cannot be used is an error: making a new one
/// silently would start new ids for everything stored, or leave what is sealed unreadable.
fn read(path: &Path) -> Result<Kept, DataDirError> {
    let bad = |problem: String| DataDirError::Secrets { path: path.to_owned(), problem };
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Kept::default()),
        Err(error) => return Err(bad(format!("cannot be read: {error}"))),
    };
    let mode = std::fs::metadata(path).map_err(|error| bad(error.to_string()))?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(bad(format!(
            "can be read by other users (mode {mode:o}); run: chmod 600 {}",
            path.display()
        )));
    }
    let table: toml::Table =
        text.parse().map_err(|_| bad("is not valid TOML; restore it from a backup".into()))?;
    let secret = |name: &str| match table.get(name) {
        None => Ok(None),
        Some(value) => value.as_str().and_then(Secret::new).map(Some).ok_or_else(|| {
            bad(format!("has a {name} that is not text of at least {} bytes", Secret::MIN_BYTES))
        }),
    };
    let encryption_keys = secret(KEYS)?;
    if encryption_keys.as_ref().is_some_and(|keys| Keyring::parse(keys.expose()).is_none()) {
        return Err(bad(format!("has {KEYS} that are not {}", Kind::Keys.expected())));
    }
    Ok(Kept { jwt: secret(JWT)?, hmac: secret(HMAC)?, encryption_keys })
}

fn write(dir: &Path, secrets: &[(&str, &Secret)]) -> std::io::Result<()> {
    let mut text = format!(
        "# Made by universal-tracking because none were given. Keep this file secret and keep it:\n\
         # a new {JWT} signs everybody out, a new {HMAC} starts new visitor and session ids,\n\
         # and without {KEYS} nobody reads again what they sealed.\n"
    );
    for (name, secret) in secrets {
        text.push_str(&format!("{name} = \"{}\"\n", toml_text(secret.expose())));
    }
    let (new, place) = (dir.join("secrets.toml.new"), dir.join("secrets.toml"));
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&new, &place)?;
    std::fs::File::open(dir)?.sync_all()
}

/// Made secrets are hex digits; one that was edited by hand may hold a quote.
fn toml_text(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data_dir::Role;

    fn dir() -> (tempfile::TempDir, DataDir) {
        let base = tempfile::tempdir().unwrap();
        let dir = DataDir::lock(base.path(), Role::Server).unwrap();
        (base, dir)
    }

    #[test]
    fn made_once_kept_and_overridden_by_given_ones() {
        let (base, dir) = dir();
        let first = dir.secrets(&SecretsConfig::default()).unwrap();
        assert_ne!(first.jwt, first.hmac);
        assert!(Keyring::parse(first.encryption_keys.expose()).is_some());
        assert_eq!(first.pepper, first.hmac);
        assert_eq!(dir.secrets(&SecretsConfig::default()).unwrap(), first);
        let file = base.path().join("secrets.toml");
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);

        let given = SecretsConfig { jwt: Secret::new(&"g".repeat(40)), ..SecretsConfig::default() };
        let mixed = dir.secrets(&given).unwrap();
        assert_eq!(mixed.encryption_keys, first.encryption_keys);
        assert_eq!((Some(mixed.jwt), mixed.hmac), (given.jwt, first.hmac.clone()));
        assert_eq!(dir.secrets(&SecretsConfig::default()).unwrap(), first, "a given secret is not kept");
    }

    #[test]
    fn a_missing_one_is_added_without_touching_the_other() {
        let (base, dir) = dir();
        let kept = "\\\"".repeat(20);
        let file = base.path().join("secrets.toml");
        std::fs::write(&file, format!("hmac_secret = '{kept}'\n")).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        let first = dir.secrets(&SecretsConfig::default()).unwrap();
        assert_eq!(first.hmac, Secret::new(&kept).unwrap());
        assert_eq!(dir.secrets(&SecretsConfig::default()).unwrap(), first);
    }

    #[test]
    fn a_file_others_can_read_or_that_is_broken_is_refused() {
        let (base, dir) = dir();
        let file = base.path().join("secrets.toml");
        for (text, mode, expected) in [
            ("", 0o644, "chmod 600"),
            ("jwt_secret = \"short\"", 0o600, "jwt_secret"),
            ("hmac_secret = 7", 0o600, "hmac_secret"),
            ("encryption_keys = 'k1:0f0f0f, short, but of more than 32 bytes'", 0o600, "ID:KEY"),
            ("= broken", 0o600, "TOML"),
        ] {
            std::fs::write(&file, text).unwrap();
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
            let refusal = dir.secrets(&SecretsConfig::default()).unwrap_err().to_string();
            assert!(refusal.contains(expected), "{text}: {refusal}");
            assert!(!refusal.contains("short"), "a secret was shown: {refusal}");
        }
    }
}
