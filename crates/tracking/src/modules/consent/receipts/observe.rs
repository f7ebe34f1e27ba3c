//! Writing: one receipt after the other, at the end of its site's chain.

use super::facts::{Private, Receipt, ReceiptError, Stored};
use super::rows::{CHAIN_HEAD, INSERT_RECEIPT, MOVE_CHAIN_HEAD};
use super::rules::{BEGINNING, hash};
use super::{Receipts, rows};
use crate::sites::random_bytes;
use ut_core::ports::{Row, TransactionalError, Value};
use uuid::Uuid;

/// Other processes append too. Each try loses only to one that succeeded.
const ATTEMPTS: usize = 100;

impl Receipts {
    /// Writes a receipt at the end of its site's chain; on disk when this returns its id.
    pub async fn append(&self, receipt: &Receipt) -> Result<Uuid, ReceiptError> {
        let sealed = self.sealed(receipt).await?;
        // One at a time in this process. Between processes the receipt's number is the arbiter: it is given once.
        let _one_at_a_time = self.appending.lock().await;
        for _ in 0..ATTEMPTS {
            let row = self.next(receipt, sealed.clone()).await?;
            let head = vec![Value::Int(row.site), Value::Int(row.number), Value::Bytes(row.hash.clone())];
            let id = Uuid::from_slice(&row.id).unwrap_or_default();
            match self.store.run_all(&[(&INSERT_RECEIPT, values(row)), (&MOVE_CHAIN_HEAD, head)]).await {
                Ok(()) => return Ok(id),
                Err(TransactionalError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(ReceiptError::NoEnd { site: receipt.site.0 })
    }

    async fn sealed(&self, receipt: &Receipt) -> Result<Option<Vec<u8>>, ReceiptError> {
        let Some(subject) = receipt.subject else { return Ok(None) };
        // Two optional texts are always encoded.
        let private = postcard::to_stdvec(&Private::of(receipt)).unwrap_or_default();
        let sealed = self.vault.seal(receipt.site, subject, Private::FIELD, &private).await?;
        Ok(Some(sealed.as_bytes().to_vec()))
    }

    /// The row that follows the last one.
    async fn next(&self, receipt: &Receipt, sealed: Option<Vec<u8>>) -> Result<Stored, ReceiptError> {
        let site = i64::from(receipt.site.0);
        let head = self.store.run(&CHAIN_HEAD, &[Value::Int(site)]).await?;
        let (number, prev_hash) = match head.first().map(rows::head) {
            None => (0, BEGINNING.to_vec()),
            Some(Some(head)) => head,
            Some(None) => return Err(ReceiptError::NoEnd { site: receipt.site.0 }),
        };
        let millis = u64::try_from(self.clock.now_ms()).unwrap_or(0);
        let id = uuid::Builder::from_unix_timestamp_millis(millis, &random_bytes()?).into_uuid();
        let mut row = Stored {
            site,
            number: number.saturating_add(1),
            id: id.as_bytes().to_vec(),
            at: receipt.at_ms,
            axes: receipt.axes.letters(),
            source: receipt.source.as_str().to_owned(),
            policy_version: receipt.policy_version.clone(),
            region: receipt.region.clone(),
            sealed,
            prev_hash,
            hash: Vec::new(),
        };
        row.hash = hash(&row).to_vec();
        Ok(row)
    }
}

fn values(row: Stored) -> Row {
    let text = |text: Option<String>| text.map_or(Value::Null, Value::Text);
    vec![
        Value::Int(row.site),
        Value::Int(row.number),
        Value::Bytes(row.id),
        Value::Int(row.at),
        Value::Text(row.axes),
        Value::Text(row.source),
        text(row.policy_version),
        text(row.region),
        row.sealed.map_or(Value::Null, Value::Bytes),
        Value::Bytes(row.prev_hash),
        Value::Bytes(row.hash),
    ]
}
