//! The owner's commands about what is kept of people.

use super::Admin;
use super::arguments::OneOrAll;
use crate::control::ControlError;
use serde_json::{Value, json};
use ut_core::site::Site;
use ut_tracking::modules::consent::receipts::{Broken, ReceiptError, Verified};
use ut_tracking::retention::ClassReport;
use ut_tracking::vault::VaultError;

impl Admin {
    /// Walks along the chains of receipts. A broken one is part of the answer, not a refusal.
    pub(super) async fn verify(&self, args: &OneOrAll) -> Result<Value, ControlError> {
        let verdicts = match &args.site {
            None => self.receipts.verify_all().await.map_err(|error| receipt_error(&error))?,
            Some(name) => {
                let site = self.find_site(name)?.id;
                match self.receipts.verify(site).await {
                    Ok(whole) => vec![Ok(whole)],
                    Err(ReceiptError::Broken(broken)) => vec![Err(broken)],
                    Err(error) => return Err(receipt_error(&error)),
                }
            }
        };
        Ok(verdicts.iter().map(shown).collect())
    }

    /// What is kept for how long, and what was deleted: a line per site and class of data.
    pub(super) async fn retention(&self, args: &OneOrAll) -> Result<Value, ControlError> {
        let sites = match &args.site {
            None => self.sites.list(),
            Some(name) => vec![self.find_site(name)?],
        };
        let mut lines = Vec::new();
        for site in sites {
            let reports = self.retention.report(self.olap.as_deref(), &site).await;
            let reports = reports.map_err(|error| ControlError::new("store", error.to_string()))?;
            lines.extend(reports.iter().map(|report| aged(&site, report)));
        }
        Ok(lines.into())
    }

    /// Wraps the next data keys anew; to be asked for again until none is left.
    pub(super) async fn rotate_keys(&self) -> Result<Value, ControlError> {
        let step = self.vault.rotate_some().await.map_err(|error| vault_error(&error))?;
        Ok(json!({
            "newest": step.newest,
            "wrapped_anew": step.wrapped_anew,
            "left": step.left,
            "keys": step.keys,
            "unused": step.unused,
        }))
    }
}

fn shown(verdict: &Result<Verified, Broken>) -> Value {
    match verdict {
        Ok(Verified { site, first, receipts, head }) => {
            let head = head.map(hex::encode);
            json!({"site": site.0, "whole": true, "from": first, "receipts": receipts, "head": head})
        }
        Err(broken) => json!({
            "site": broken.site,
            "whole": false,
            "broken": {"number": broken.number, "id": broken.id, "why": broken.why},
            "message": broken.to_string(),
        }),
    }
}

fn aged(site: &Site, report: &ClassReport) -> Value {
    let run = report.run.as_ref();
    json!({
        "site": site.id.0,
        "class": report.class,
        "limit": report.limit.to_string(),
        "kept_from": report.kept_from,
        "oldest": report.oldest,
        "last_run": run.and_then(|run| run.ran_at),
        "removed": run.map(|run| run.removed),
        "next_run": report.next_run,
        "error": run.and_then(|run| run.error.as_deref()),
    })
}

fn receipt_error(error: &ReceiptError) -> ControlError {
    ControlError::new("store", error.to_string())
}

fn vault_error(error: &VaultError) -> ControlError {
    let code = if matches!(error, VaultError::MissingKek { .. }) { "missing_key" } else { "store" };
    ControlError::new(code, error.to_string())
}
