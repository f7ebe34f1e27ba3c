//! Forgetting: who withdraws, who is erased, and what has become old. What is deleted is in none of the store's files
//! when these return; after an error, repeating is harmless and needed.

use super::store::{
    FORGET_CONTACT, FORGET_FIELDS, FORGET_JOIN, FORGET_OLD_FIELDS, FORGET_OLD_JOINS, OLDEST_TOLD, named,
};
use super::{People, PeopleError};
use crate::retention::Ages;
use std::sync::atomic::Ordering;
use ut_core::ports::{Statement, Value};
use ut_core::site::Class;
use ut_core::{SiteId, VisitorId};

impl People {
    /// Deletes all fields and the join of a visitor; returns how many rows that were. The visitor's key is not touched:
    /// receipts of consent are sealed with it too.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn forget(&self, site: SiteId, visitor: VisitorId) -> Result<u64, PeopleError> {
        self.delete([&FORGET_FIELDS, &FORGET_JOIN], &named(site, visitor)).await
    }

    /// Deletes a visitor's fields but the customer's id: all that says who and where they are beyond the shop's own name
    /// for them. Returns how many those were.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn forget_contact(&self, site: SiteId, visitor: VisitorId) -> Result<u64, PeopleError> {
        self.delete([&FORGET_CONTACT], &named(site, visitor)).await
    }

    /// Deletes a site's fields that were told last before `at` (Unix milliseconds), and joins that were proved last before
    /// it; returns how many rows that were.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn purge_older_than(&self, site: SiteId, at: i64) -> Result<u64, PeopleError> {
        let values = [Value::Int(i64::from(site.0)), Value::Int(at)];
        self.delete([&FORGET_OLD_FIELDS, &FORGET_OLD_JOINS], &values).await
    }

    async fn delete<const N: usize>(
        &self,
        statements: [&Statement; N],
        values: &[Value],
    ) -> Result<u64, PeopleError> {
        let mut deleted = 0;
        for statement in statements {
            deleted += self.store.run(statement, values).await?.len() as u64;
        }
        // A scrub that failed before is made up for, also when there was nothing to delete this time.
        if self.unscrubbed.swap(false, Ordering::SeqCst) || deleted > 0 {
            let scrubbed = self.store.scrub().await;
            scrubbed.inspect_err(|_| self.unscrubbed.store(true, Ordering::SeqCst))?;
        }
        Ok(deleted)
    }
}

#[async_trait::async_trait]
impl Ages for People {
    fn class(&self) -> Class {
        Class::Personal
    }

    async fn oldest(&self, site: SiteId) -> Result<Option<i64>, String> {
        let rows = self.store.run(&OLDEST_TOLD, &[Value::Int(i64::from(site.0))]).await;
        let rows = rows.map_err(|error| error.to_string())?;
        Ok(rows.first().and_then(|row| if let [Value::Int(at)] = row.as_slice() { Some(*at) } else { None }))
    }

    async fn remove_before(&self, site: SiteId, before_ms: i64) -> Result<u64, String> {
        self.purge_older_than(site, before_ms).await.map_err(|error| error.to_string())
    }
}
