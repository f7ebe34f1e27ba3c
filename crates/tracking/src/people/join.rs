//! Which visitors are one customer.

use super::store::{self, ADD_JOIN, JOIN_OF_VISITOR, RENEW_JOIN, VISITORS_OF_CUSTOMER, named};
use super::{FieldName, People, PeopleError};
use ut_core::ports::Value;
use ut_core::{SiteId, VisitorId};

/// A join that is there and one that is not there may change places so often while it is looked at.
const ATTEMPTS: usize = 5;

/// What a visitor is after a customer was proved to be them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joined {
    /// This customer, from now on.
    Anew,
    /// This customer, as before.
    Known,
    /// Another customer, as before: two people use one browser. Nothing was changed.
    Other,
}

/// The customer that a visitor is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Join {
    /// The blind index of the customer's id.
    pub customer: [u8; 32],
    /// When it was proved last, Unix milliseconds.
    pub at: i64,
}

impl People {
    /// Notes that a visitor is a customer of the shop. The caller has seen the proof.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn join(
        &self,
        site: SiteId,
        visitor: VisitorId,
        external_id: &str,
    ) -> Result<Joined, PeopleError> {
        let [site_value, id] = named(site, visitor);
        let customer = self.blind(site, FieldName::ExternalId, external_id);
        let values = [site_value, id, Value::Bytes(customer.to_vec()), Value::Int(self.clock.now_ms())];
        for _ in 0..ATTEMPTS {
            if !self.store.run(&ADD_JOIN, &values).await?.is_empty() {
                return Ok(Joined::Anew);
            }
            if !self.store.run(&RENEW_JOIN, &values).await?.is_empty() {
                return Ok(Joined::Known);
            }
            match self.joins_of(site, visitor).await? {
                Some(join) if join.customer != customer => return Ok(Joined::Other),
                // Somebody has forgotten it between the two statements, or made it after them.
                _ => {}
            }
        }
        Err(PeopleError::Busy)
    }

    /// The customer that a visitor is, if that was proved.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn joins_of(&self, site: SiteId, visitor: VisitorId) -> Result<Option<Join>, PeopleError> {
        let rows = self.store.run(&JOIN_OF_VISITOR, &named(site, visitor)).await?;
        let join = rows.first().map(store::join).transpose()?;
        Ok(join.map(|(customer, at)| Join { customer, at }))
    }

    /// The visitors who were proved to be a customer, and nobody who was merely said to be.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn by_external_id(
        &self,
        site: SiteId,
        external_id: &str,
    ) -> Result<Vec<VisitorId>, PeopleError> {
        let customer = Value::Bytes(self.blind(site, FieldName::ExternalId, external_id).to_vec());
        let rows = self.store.run(&VISITORS_OF_CUSTOMER, &[Value::Int(i64::from(site.0)), customer]).await?;
        rows.iter().map(store::visitor).collect()
    }
}
