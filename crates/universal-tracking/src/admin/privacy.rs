//! The owner's commands about what is kept of people.

use super::Admin;
use super::arguments::{Erase, Export, OneOrAll, Person, SiteNamed};
use crate::control::ControlError;
use serde_json::{Value, json};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use ut_core::SiteId;
use ut_core::site::Site;
use ut_tracking::modules::consent::receipts::{Broken, ReceiptError, Verified};
use ut_tracking::retention::ClassReport;
use ut_tracking::rights::{Desk, DeskError, Progress, Status};
use ut_tracking::vault::VaultError;

/// How long an erasure is waited for. One that takes longer goes on.
const ERASING: Duration = Duration::from_secs(120);

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

    /// How much is kept of a person.
    pub(super) async fn find_person(&self, args: &Person) -> Result<Value, ControlError> {
        let (desk, site) = self.desk(&args.site)?;
        let found = desk.find(site, &args.person).await.map_err(|error| desk_error(&error))?;
        serde_json::to_value(found).map_err(|error| ControlError::new("internal", error.to_string()))
    }

    /// Writes everything that is kept of a person into a file that the owner alone can read.
    pub(super) async fn export_person(&self, args: &Export) -> Result<Value, ControlError> {
        let (desk, site) = self.desk(&args.site)?;
        let archive = desk.export(site, &args.person).await.map_err(|error| desk_error(&error))?;
        let zip = archive.zip().map_err(|error| ControlError::new("archive", error.to_string()))?;
        write_new(&args.to, &zip)?;
        let rows: serde_json::Map<String, Value> =
            archive.parts.iter().map(|part| (part.name.clone(), part.rows.len().into())).collect();
        Ok(json!({"file": args.to, "bytes": zip.len(), "rows": rows}))
    }

    /// Takes a request to be forgotten.
    pub(super) async fn erase_person(&self, args: &Erase) -> Result<Value, ControlError> {
        let (desk, site) = self.desk(&args.site)?;
        let number = desk.erase(site, &args.person).await.map_err(|error| desk_error(&error))?;
        let patience = if args.wait { ERASING } else { Duration::ZERO };
        let progress = desk.erased(site, number, patience).await;
        Ok(progress.as_ref().map_or(Value::Null, erasure))
    }

    /// The erasures of a site, the newest first.
    pub(super) fn erasures(&self, args: &SiteNamed) -> Result<Value, ControlError> {
        let (desk, site) = self.desk(&args.site)?;
        Ok(desk.erasures(site).iter().map(erasure).collect())
    }

    fn desk(&self, site: &str) -> Result<(&Arc<Desk>, SiteId), ControlError> {
        let desk = self.desk.as_ref();
        let desk = desk.ok_or_else(|| ControlError::new("no_server", "the stores are not open"))?;
        Ok((desk, self.find_site(site)?.id))
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

fn erasure(progress: &Progress) -> Value {
    let (status, done_at, why) = match &progress.status {
        Status::Done(at) => ("done", Some(*at), None),
        Status::Waiting(why) => ("waiting", None, why.as_deref()),
    };
    let erasure = &progress.erasure;
    let visitors = erasure.visitors.len();
    json!({"id": erasure.number, "at": erasure.at, "visitors": visitors, "status": status, "done_at": done_at, "why": why})
}

fn write_new(path: &Path, bytes: &[u8]) -> Result<(), ControlError> {
    let mut options = std::fs::OpenOptions::new();
    let file = options.write(true).create_new(true).mode(0o600).open(path);
    let written = file.and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()));
    written.map_err(|error| ControlError::new("file", format!("{}: {error}", path.display())))
}

fn desk_error(error: &DeskError) -> ControlError {
    let code = match error {
        DeskError::Wrong(_) => "bad_arguments",
        DeskError::Nobody => "unknown_person",
        DeskError::Store(_) | DeskError::Behind => "store",
    };
    ControlError::new(code, error.to_string())
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
