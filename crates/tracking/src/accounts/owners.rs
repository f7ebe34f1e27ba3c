//! Users. Today there is one role, the owner, who may do everything.

use super::statements::{FIRST_OWNER, INSERT_OWNER, OWNER_EXISTS, USER_BY_EMAIL, USER_BY_ID, damaged, text};
use super::{AccountError, Accounts, Refusal, rules};
use crate::sites::random_word;
use std::sync::atomic::Ordering;
use ut_core::ports::{Row, Statement, TransactionalError, Value};

/// A user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// `usr_` and 128 random bits.
    pub id: String,
    /// In lower case.
    pub email: String,
}

/// What someone enters to become the owner.
#[derive(Clone, PartialEq, Eq)]
pub struct NewOwner {
    /// Shape checked, stored in lower case.
    pub email: String,
    /// 12 to 1024 characters; only its argon2id hash is stored.
    pub password: String,
}

impl std::fmt::Debug for NewOwner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewOwner").field("email", &self.email).finish_non_exhaustive()
    }
}

impl Accounts {
    /// Is there an owner? Until then a server that others can reach answers little.
    pub async fn owner_exists(&self) -> Result<bool, AccountError> {
        if self.owner_seen.load(Ordering::Relaxed) {
            return Ok(true);
        }
        let rows = self.store.run(&OWNER_EXISTS, &[]).await?;
        let exists = matches!(rows.first().map(Vec::as_slice), Some([Value::Int(1..)]));
        self.owner_seen.store(exists, Ordering::Relaxed);
        Ok(exists)
    }

    /// Adds an owner without a link: for the demo and the command line.
    pub async fn add_owner(&self, new: NewOwner) -> Result<User, AccountError> {
        let new = rules::owner(Some(new)).map_err(AccountError::Refused)?;
        let user = User { id: random_word::<16>("usr_")?, email: new.email };
        let hash = self.hasher.hash(new.password).await?;
        let values = [text(&user.id), text(&user.email), text(&hash), Value::Int(self.clock.now_ms())];
        match self.store.run(&INSERT_OWNER, &values).await {
            Ok(_) => Ok(user),
            Err(TransactionalError::Conflict { .. }) => {
                let message = format!("`{}` has an account already", user.email);
                Err(AccountError::Refused(vec![Refusal::new("email", "taken", message)]))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// An e-mail address as accounts are kept under it, at most 254 bytes; `None` when it is none.
    #[must_use]
    pub fn address(text: &str) -> Option<String> {
        rules::email(text)
    }

    /// The user with this address and password; `None` when either is wrong, after the same work.
    pub async fn login(&self, email: &str, password: &str) -> Result<Option<User>, AccountError> {
        let row = match Self::address(email) {
            Some(email) => self.store.run(&USER_BY_EMAIL, &[text(&email)]).await?.into_iter().next(),
            None => None,
        };
        let (user, stored) = match row.as_deref() {
            None => (None, None),
            Some([id, email, Value::Text(hash)]) => {
                (Some(user(&USER_BY_EMAIL, &vec![id.clone(), email.clone()])?), Some(hash.clone()))
            }
            Some(other) => return Err(damaged(&USER_BY_EMAIL, &other.to_vec())),
        };
        let matches = self.hasher.verify(password.to_owned(), stored).await?;
        Ok(user.filter(|_| matches))
    }

    /// The owner who was there first.
    pub(super) async fn first_owner(&self) -> Result<Option<User>, AccountError> {
        self.one_user(&FIRST_OWNER, &[]).await
    }

    pub(super) async fn user_by_id(&self, id: &str) -> Result<Option<User>, AccountError> {
        self.one_user(&USER_BY_ID, &[text(id)]).await
    }

    pub(super) async fn one_user(
        &self,
        statement: &Statement,
        values: &[Value],
    ) -> Result<Option<User>, AccountError> {
        self.store.run(statement, values).await?.first().map(|row| user(statement, row)).transpose()
    }
}

fn user(statement: &Statement, row: &Row) -> Result<User, AccountError> {
    match row.as_slice() {
        [Value::Text(id), Value::Text(email)] => Ok(User { id: id.clone(), email: email.clone() }),
        _ => Err(damaged(statement, row)),
    }
}
