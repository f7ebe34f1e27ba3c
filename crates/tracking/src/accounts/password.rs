//! Passwords: argon2id, 19 MiB and 2 passes (the crate's defaults, OWASP's first choice), off the async threads.

use super::AccountError;
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Each hash takes 19 MiB and a core for some ten milliseconds: a crowd at the login must not take the machine.
const AT_ONCE: usize = 2;

#[derive(Debug, Clone)]
pub(super) struct Hasher {
    places: Arc<Semaphore>,
}

impl Default for Hasher {
    fn default() -> Self {
        Self { places: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl Hasher {
    /// The PHC string of a password.
    pub(super) async fn hash(&self, password: String) -> Result<String, AccountError> {
        self.off_thread(move || {
            let hash = Argon2::default().hash_password(password.as_bytes()).map_err(failed)?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Does the password match? Without a stored hash the answer is no, after the same work: how long a login takes
    /// must not tell whether an address has an account.
    pub(super) async fn verify(
        &self,
        password: String,
        stored: Option<String>,
    ) -> Result<bool, AccountError> {
        let Some(stored) = stored else { return self.hash(password).await.map(|_| false) };
        self.off_thread(move || {
            let stored = PasswordHash::new(&stored).map_err(failed)?;
            Ok(Argon2::default().verify_password(password.as_bytes(), &stored).is_ok())
        })
        .await
    }

    async fn off_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, AccountError> + Send + 'static,
    ) -> Result<T, AccountError> {
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(failed)?;
        let work = move || {
            let _held_until_done = place;
            work()
        };
        tokio::task::spawn_blocking(work).await.map_err(failed)?
    }
}

fn failed(error: impl std::fmt::Display) -> AccountError {
    AccountError::Hashing(error.to_string())
}
