//! The list of users, and how one leaves it.

use super::statements::{HOLD_OWNERS, LIST_USERS, REMOVE_USER, damaged, text};
use super::{AccountError, Accounts, User};
use ut_core::ports::Value;

/// A user in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedUser {
    /// Who.
    pub user: User,
    /// Unix milliseconds.
    pub created_at: i64,
}

/// What became of a user who was to be removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    /// Gone, and signed out everywhere: a session belongs to a user who exists.
    Removed,
    /// There is none with this id.
    Unknown,
    /// The last owner stays: nobody could sign in any more.
    LastOwner,
}

impl Accounts {
    /// All users, oldest first.
    pub async fn list_users(&self) -> Result<Vec<ListedUser>, AccountError> {
        let rows = self.store.run(&LIST_USERS, &[]).await?;
        let listed = rows.iter().map(|row| match row.as_slice() {
            [Value::Text(id), Value::Text(email), Value::Int(created_at)] => {
                let user = User { id: id.clone(), email: email.clone() };
                Ok(ListedUser { user, created_at: *created_at })
            }
            _ => Err(damaged(&LIST_USERS, row)),
        });
        listed.collect()
    }

    /// Removes a user by their id. Of two who remove each other at once, one stays.
    pub async fn remove_user(&self, id: &str) -> Result<Removal, AccountError> {
        if self.user_by_id(id).await?.is_none() {
            return Ok(Removal::Unknown);
        }
        self.store.run_all(&[(&HOLD_OWNERS, vec![]), (&REMOVE_USER, vec![text(id)])]).await?;
        let stays = self.user_by_id(id).await?.is_some();
        Ok(if stays { Removal::LastOwner } else { Removal::Removed })
    }
}
