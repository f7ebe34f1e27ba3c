//! What a shop tells of its visitors: personal fields, each sealed with the key of the visitor it is of, and which
//! visitors are one customer.
//!
//! What is told of a visitor is theirs alone. Two visitors become one customer by a proved join ([`People::join`]) and
//! by nothing else: neither an e-mail address nor a customer's id that somebody has merely typed in reaches another
//! visitor. Nothing of this is ever in the log or in history.

mod error;
mod fields;
mod forget;
mod join;
mod store;
#[cfg(test)]
mod tests;

pub use error::PeopleError;
pub use fields::{Field, FieldName, Told};
pub use join::{Join, Joined};

use self::store::{
    BLINDS_OF_VISITOR, FIELDS_OF_VISITOR, PUT_FIELD, VISITORS_BY_FIELD, VISITORS_OF_SITE, named,
};
use crate::vault::{Sealed, Subject, Vault, VaultError};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use ut_core::module::Migration;
use ut_core::ports::{Transactional, Value};
use ut_core::{Clock, SiteId, VisitorId};

/// The tables of fields and joins; what is sealed in them needs [`crate::vault::MIGRATIONS`].
pub const MIGRATIONS: &[Migration] = &[Migration {
    number: 2_026_112_311,
    name: "create_people",
    sql: include_str!("sql/create_people.transactional.sql"),
}];

/// What is known of people. The store must be migrated ([`MIGRATIONS`]).
#[derive(Debug)]
pub struct People {
    store: Arc<dyn Transactional>,
    vault: Arc<Vault>,
    clock: Arc<dyn Clock>,
    /// Something that was deleted may be in the store's files still. A process begins with this: it does not know how the
    /// one before it ended.
    unscrubbed: AtomicBool,
}

impl People {
    /// On a store that is migrated.
    #[must_use]
    pub fn new(store: Arc<dyn Transactional>, vault: Arc<Vault>, clock: Arc<dyn Clock>) -> Self {
        Self { store, vault, clock, unscrubbed: AtomicBool::new(true) }
    }

    /// Keeps what was told of a visitor: all of it or nothing, on disk when this returns. What was told before of the
    /// same fields is replaced, other fields stay.
    ///
    /// # Errors
    /// When the store or the vault fails. Nothing was kept then.
    pub async fn fill(&self, site: SiteId, visitor: VisitorId, told: &[Told]) -> Result<(), PeopleError> {
        let at = self.clock.now_ms();
        let mut work = Vec::with_capacity(told.len());
        for Told { name, value } in told {
            let word = name.as_str();
            let sealed = self.vault.seal(site, Subject::from(visitor), word, value.as_bytes()).await?;
            let blind = name.is_found_by().then(|| self.blind(site, *name, value).to_vec());
            let [site_value, visitor] = named(site, visitor);
            work.push((
                &PUT_FIELD,
                vec![
                    site_value,
                    visitor,
                    Value::Text(word.to_owned()),
                    Value::Bytes(sealed.as_bytes().to_vec()),
                    blind.map_or(Value::Null, Value::Bytes),
                    Value::Int(at),
                ],
            ));
        }
        Ok(self.store.run_all(&work).await?)
    }

    /// What is kept of a visitor, opened, in the order of the fields' words. What was sealed with a key that is shredded
    /// is not there any more.
    ///
    /// # Errors
    /// When the store fails, or a field does not open.
    pub async fn fields_of(&self, site: SiteId, visitor: VisitorId) -> Result<Vec<Field>, PeopleError> {
        let mut fields = Vec::new();
        for row in self.store.run(&FIELDS_OF_VISITOR, &named(site, visitor)).await? {
            let (name, sealed, at) = store::kept(&row)?;
            let sealed = Sealed::from_bytes(sealed);
            match self.vault.open(site, Subject::from(visitor), name.as_str(), &sealed).await {
                Ok(bytes) => {
                    let value = String::from_utf8_lossy(&bytes).into_owned();
                    fields.push(Field { name, value, at });
                }
                Err(VaultError::Shredded) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(fields)
    }

    /// The visitors of whom this e-mail address was told, in any spelling. Nobody has proved that it is theirs: what is
    /// done with this is for the shop's owner to decide, and never for a visitor.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn by_email(&self, site: SiteId, email: &str) -> Result<Vec<VisitorId>, PeopleError> {
        let blind = self.blind(site, FieldName::Email, email);
        let field = Value::Text(FieldName::Email.as_str().to_owned());
        let values = [Value::Int(i64::from(site.0)), field, Value::Bytes(blind.to_vec())];
        self.store.run(&VISITORS_BY_FIELD, &values).await?.iter().map(store::visitor).collect()
    }

    /// Every visitor of whom something was told or proved.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn visitors(&self, site: SiteId) -> Result<Vec<VisitorId>, PeopleError> {
        let rows = self.store.run(&VISITORS_OF_SITE, &[Value::Int(i64::from(site.0))]).await?;
        rows.iter().map(store::visitor).collect()
    }

    /// What a visitor would be found by, without a plain text: the blind indexes of their fields and of the customer they
    /// are joined to.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn blinds_of(
        &self,
        site: SiteId,
        visitor: VisitorId,
    ) -> Result<Vec<(FieldName, [u8; 32])>, PeopleError> {
        self.store.run(&BLINDS_OF_VISITOR, &named(site, visitor)).await?.iter().map(store::blind).collect()
    }

    /// The blind index of a value.
    #[must_use]
    pub fn blind(&self, site: SiteId, name: FieldName, value: &str) -> [u8; 32] {
        self.vault.blind_index(site, name.as_str(), &name.normal(value))
    }
}
