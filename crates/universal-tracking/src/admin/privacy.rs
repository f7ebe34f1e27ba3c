//! The owner's commands about what is kept of people.

use super::Admin;
use super::arguments::Verify;
use crate::control::ControlError;
use serde_json::{Value, json};
use ut_tracking::modules::consent::receipts::{Broken, ReceiptError, Verified};
use ut_tracking::vault::VaultError;

impl Admin {
    /// Walks along the chains of receipts. A broken one is part of the answer, not a refusal.
    pub(super) async fn verify(&self, args: &Verify) -> Result<Value, ControlError> {
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
        Ok(Verified { site, receipts, head }) => {
            json!({"site": site.0, "whole": true, "receipts": receipts, "head": head.map(hex::encode)})
        }
        Err(broken) => json!({
            "site": broken.site,
            "whole": false,
            "broken": {"number": broken.number, "id": broken.id, "why": broken.why},
            "message": broken.to_string(),
        }),
    }
}

fn receipt_error(error: &ReceiptError) -> ControlError {
    ControlError::new("store", error.to_string())
}

fn vault_error(error: &VaultError) -> ControlError {
    let code = if matches!(error, VaultError::MissingKek { .. }) { "missing_key" } else { "store" };
    ControlError::new(code, error.to_string())
}
