//! Receipts that are too old: a chain loses its beginning, and it is noted where it begins now.

#[cfg(test)]
mod tests;

use super::facts::ReceiptError;
use super::rows::{
    CHAIN_START, DELETE_RECEIPTS_UNTIL, LAST_OLD_RECEIPT, MOVE_CHAIN_START, OLDEST_RECEIPT, head,
};
use super::rules::BEGINNING;
use super::{Broken, Receipts};
use crate::retention::Ages;
use ut_core::SiteId;
use ut_core::ports::Value;
use ut_core::site::Class;

/// The last receipt that is not there any more: its number, 0 when there was none, and its hash.
pub(super) type Start = (i64, [u8; 32]);

impl Receipts {
    /// The number from which on a site's chain is kept: 1, or more when older receipts were removed for their age.
    pub async fn first(&self, site: SiteId) -> Result<u64, ReceiptError> {
        let (gone, _) = self.start(i64::from(site.0)).await?;
        Ok(u64::try_from(gone).unwrap_or(0) + 1)
    }

    pub(super) async fn start(&self, site: i64) -> Result<Start, ReceiptError> {
        let rows = self.store.run(&CHAIN_START, &[Value::Int(site)]).await?;
        let Some(row) = rows.first() else { return Ok((0, BEGINNING)) };
        let start = head(row).and_then(|(number, hash)| Some((number, hash.as_slice().try_into().ok()?)));
        let why = "the note of where the chain begins is damaged".to_owned();
        start.ok_or_else(|| Broken { site, number: 1, id: None, why }.into())
    }

    /// Removes the receipts at the beginning of a site's chain up to the first that is not too old, and notes after which
    /// one it begins now. Returns how many those were.
    async fn remove_old(&self, site: SiteId, before_ms: i64) -> Result<u64, ReceiptError> {
        let id = Value::Int(i64::from(site.0));
        let (gone, _) = self.start(i64::from(site.0)).await?;
        let last = self.store.run(&LAST_OLD_RECEIPT, &[id.clone(), Value::Int(before_ms)]).await?;
        let mut removed = 0;
        if let Some((number, hash)) = last.first().and_then(head) {
            let start = vec![id.clone(), Value::Int(number), Value::Bytes(hash)];
            let until = vec![id, Value::Int(number)];
            self.store.run_all(&[(&MOVE_CHAIN_START, start), (&DELETE_RECEIPTS_UNTIL, until)]).await?;
            removed = u64::try_from(number.saturating_sub(gone)).unwrap_or(0);
        }
        // Also when there was nothing: an earlier try may have come as far as this.
        self.store.scrub().await?;
        Ok(removed)
    }
}

#[async_trait::async_trait]
impl Ages for Receipts {
    fn class(&self) -> Class {
        Class::Receipts
    }

    async fn oldest(&self, site: SiteId) -> Result<Option<i64>, String> {
        let oldest = self.store.run(&OLDEST_RECEIPT, &[Value::Int(i64::from(site.0))]).await;
        let oldest = oldest.map_err(|error| error.to_string())?;
        Ok(oldest
            .first()
            .and_then(|row| if let [Value::Int(at)] = row.as_slice() { Some(*at) } else { None }))
    }

    async fn remove_before(&self, site: SiteId, before_ms: i64) -> Result<u64, String> {
        self.remove_old(site, before_ms).await.map_err(|error| error.to_string())
    }
}
