//! Reading: the newest receipts, and whether a chain is what was written.

use super::Receipts;
use super::age::Start;
use super::facts::{Broken, Private, ReceiptError, RecordedReceipt, Stored, Verified, Whose};
use super::rows::{
    CHAIN_HEAD, CHAIN_SITES, RECEIPT_NUMBERS_AFTER, RECEIPTS_AFTER, RECEIPTS_BEFORE, head, stored,
};
use super::rules::Walk;
use crate::vault::{Sealed, VaultError};
use ut_core::SiteId;
use ut_core::ports::{Row, TransactionalError, Value};

/// So many rows are read at a time.
const PAGE: i64 = 1000;

impl Receipts {
    /// A site's receipts, the newest first: at most `limit` of those with a lower number than `before`.
    pub async fn list(
        &self,
        site: SiteId,
        limit: u32,
        before: Option<u64>,
    ) -> Result<Vec<RecordedReceipt>, ReceiptError> {
        let before = before.and_then(|number| i64::try_from(number).ok()).unwrap_or(i64::MAX);
        let values = [Value::Int(i64::from(site.0)), Value::Int(before), Value::Int(i64::from(limit))];
        let mut receipts = Vec::new();
        for row in self.store.run(&RECEIPTS_BEFORE, &values).await? {
            let row = stored(&row).map_err(|why| misshapen(i64::from(site.0), 0, why))?;
            let whose = self.whose(site, &row).await?;
            let wrong = || misshapen(row.site, row.number, "its id, number or hash is none");
            receipts.push(row.recorded(whose).ok_or_else(wrong)?);
        }
        Ok(receipts)
    }

    async fn whose(&self, site: SiteId, row: &Stored) -> Result<Whose, ReceiptError> {
        let Some(sealed) = &row.sealed else { return Ok(Whose::Nobodys) };
        let opened = self.vault.open_whose(site, Private::FIELD, &Sealed::from_bytes(sealed.clone())).await;
        match opened {
            Err(VaultError::Shredded) => Ok(Whose::Forgotten),
            Err(error) => Err(error.into()),
            Ok((subject, bytes)) => match postcard::from_bytes(&bytes) {
                Ok(Private { raw, ua_hash }) => Ok(Whose::Known { subject, raw, ua_hash }),
                Err(_) => {
                    Err(misshapen(row.site, row.number, "what is sealed in it is not a receipt's").into())
                }
            },
        }
    }

    /// Walks along a site's whole chain; the error is its first broken place.
    pub async fn verify(&self, site: SiteId) -> Result<Verified, ReceiptError> {
        self.verify_stored(i64::from(site.0)).await
    }

    /// Walks along every site's chain. A broken one does not hide the next.
    pub async fn verify_all(&self) -> Result<Vec<Result<Verified, Broken>>, ReceiptError> {
        let mut verdicts = Vec::new();
        for row in self.store.run(&CHAIN_SITES, &[]).await? {
            let verdict = match row.as_slice() {
                [Value::Int(site)] => self.verify_stored(*site).await,
                _ => Err(misshapen(0, 0, "its site is no number").into()),
            };
            verdicts.push(match verdict {
                Err(ReceiptError::Broken(broken)) => Err(broken),
                Err(error) => return Err(error),
                Ok(whole) => Ok(whole),
            });
        }
        Ok(verdicts)
    }

    async fn verify_stored(&self, site: i64) -> Result<Verified, ReceiptError> {
        loop {
            let start = self.start(site).await?;
            let verdict = self.verify_from(site, start).await;
            // What was too old may have gone under the walker's feet.
            if verdict.is_ok() || self.start(site).await? == start {
                return verdict;
            }
        }
    }

    async fn verify_from(&self, site: i64, start: Start) -> Result<Verified, ReceiptError> {
        let mut walk = Walk::after(site, start);
        // Below every number there should be: what was put in front is found too.
        let mut after = i64::MIN;
        loop {
            let page = self.page(site, after).await?;
            if page.is_empty() && self.ends(&walk).await? {
                break;
            }
            for row in page {
                walk.step(&row?)?;
                after = walk.number;
            }
        }
        let number = u32::try_from(site).map_err(|_| misshapen(site, 1, "its site is none"))?;
        let count = |number: i64| u64::try_from(number).unwrap_or(0);
        let (first, receipts) = (count(start.0) + 1, count(walk.number.saturating_sub(start.0)));
        Ok(Verified { site: SiteId(number), first, receipts, head: (walk.number > 0).then_some(walk.hash) })
    }

    /// Is the walk at the chain's end? Not when somebody has appended since: the end was read after the rows, and whoever
    /// appends moves both in one transaction.
    async fn ends(&self, walk: &Walk) -> Result<bool, ReceiptError> {
        let noted = self.store.run(&CHAIN_HEAD, &[Value::Int(walk.site)]).await?;
        let noted = noted.first().map(|row| head(row).unwrap_or_default());
        let further = noted.as_ref().is_some_and(|(number, _)| *number > walk.number);
        if further && !self.page(walk.site, walk.number).await?.is_empty() {
            return Ok(false);
        }
        walk.end(noted.as_ref().map(|(number, hash)| (*number, hash.as_slice())))?;
        Ok(true)
    }

    /// The next rows, up to the first that is none a receipt can have.
    async fn page(&self, site: i64, after: i64) -> Result<Vec<Result<Stored, Broken>>, ReceiptError> {
        let from = [Value::Int(site), Value::Int(after), Value::Int(PAGE)];
        match self.store.run(&RECEIPTS_AFTER, &from).await {
            Ok(rows) => Ok(rows.iter().map(|row| shaped(site, row)).collect()),
            Err(error) => {
                // Away, or unable to read one of the rows?
                self.store.ping().await?;
                self.one_by_one(site, &from, error).await
            }
        }
    }

    /// Reads rows one by one, to name the one that the store cannot read.
    async fn one_by_one(
        &self,
        site: i64,
        from: &[Value],
        error: TransactionalError,
    ) -> Result<Vec<Result<Stored, Broken>>, ReceiptError> {
        let mut rows = Vec::new();
        for row in self.store.run(&RECEIPT_NUMBERS_AFTER, from).await? {
            let [Value::Int(number)] = row.as_slice() else { return Err(error.into()) };
            let one = [Value::Int(site), Value::Int(number - 1), Value::Int(1)];
            match self.store.run(&RECEIPTS_AFTER, &one).await {
                Ok(found) => rows.extend(found.iter().map(|row| shaped(site, row))),
                Err(error) => {
                    rows.push(Err(misshapen(site, *number, &format!("it cannot be read: {error}"))));
                    break;
                }
            }
        }
        Ok(rows)
    }
}

fn shaped(site: i64, row: &Row) -> Result<Stored, Broken> {
    let number = if let Some(Value::Int(number)) = row.get(1) { *number } else { 0 };
    stored(row).map_err(|why| misshapen(site, number, why))
}

fn misshapen(site: i64, number: i64, why: &str) -> Broken {
    Broken { site, number, id: None, why: why.to_owned() }
}
