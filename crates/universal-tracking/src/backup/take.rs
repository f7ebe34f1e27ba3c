//! Taking a backup: copies of both stores of one moment, then everything that need not hold anybody up.

use super::files::{self, absolute};
use super::manifest::{Held, HeldSite, Manifest};
use super::{HISTORY, SECRETS, STORE};
use crate::Failure;
use crate::admin::Admin;
use crate::control::ControlError;
use serde_json::Value as Json;
use std::path::{Path, PathBuf};
use ut_core::Clock;
use ut_core::ports::{Olap, Statement, Value};
use ut_tracking::history;
use ut_tracking::modules::MODULES;

const COPY_STORE: Statement = Statement { name: "copy_store", sql: include_str!("sql/copy_store.sql") };

/// Copies the stores into `folder`, which is there and empty, and says what they held. Whoever calls sees to it that
/// nothing is written to history meanwhile.
pub(crate) async fn take(
    admin: &Admin,
    olap: &dyn Olap,
    folder: &Path,
    waiting_events: u64,
    clock: &dyn Clock,
) -> Result<Held, ControlError> {
    let failed = |error: &dyn std::fmt::Display| ControlError::new("backup", format!("no backup: {error}"));
    let at = jiff::Timestamp::from_millisecond(clock.now_ms()).map_err(|error| failed(&error))?;
    // A shop that no server was started for has no tables yet.
    let shaped = olap.migrate(&history::migrations(MODULES)).await;
    shaped.map_err(|error| failed(&error))?;
    history::copy_to(olap, &folder.join(HISTORY)).await.map_err(|error| failed(&error))?;
    let counts = history::count_events(olap).await.map_err(|error| failed(&error))?;
    let place = folder.join(STORE).to_string_lossy().into_owned();
    let copied = admin.transactional.run(&COPY_STORE, &[Value::Text(place)]).await;
    copied.map_err(|error| failed(&error))?;
    let site = |site: &std::sync::Arc<ut_core::site::Site>| HeldSite {
        id: site.id.0,
        domain: site.domains.first().cloned().unwrap_or_default(),
        events: counts.get(&site.id).copied().unwrap_or(0),
    };
    let sites = admin.sites.list().iter().map(site).collect();
    Ok(Held { at: at.to_string(), sites, waiting_events, secrets: admin.secrets_check.clone() })
}

/// The rest of a backup whose stores are copied: the secrets, if they are wanted, and the manifest. `held` is what
/// [`take`] said, perhaps in another process.
pub(crate) fn complete(
    folder: &Path,
    held: Json,
    secrets_of: Option<&Path>,
    progress: impl Fn(&str),
) -> Result<Json, Failure> {
    let held: Held = serde_json::from_value(held)
        .map_err(|error| Failure::new(format!("the server's answer is not understood: {error}")))?;
    if let Some(data_dir) = secrets_of {
        files::copy(&data_dir.join(SECRETS), &folder.join(SECRETS))?;
    }
    let manifest = Manifest::write(folder, held, progress)?;
    let needs = if manifest.has_secrets() { Json::Null } else { "HMAC_SECRET, ENCRYPTION_KEYS".into() };
    Ok(serde_json::json!({
        "backup": folder.display().to_string(),
        "at": manifest.held.at,
        "sites": manifest.held.sites.len(),
        "events": manifest.held.sites.iter().map(|site| site.events).sum::<u64>(),
        "waiting_events": manifest.held.waiting_events,
        "files": manifest.files.len(),
        "bytes": manifest.bytes(),
        "needs": needs,
    }))
}

/// Removes what [`take`] had copied when it failed, so that the folder can be named again.
pub(crate) fn discard(folder: &Path) {
    // What cannot be removed is named by the next attempt.
    let _ = std::fs::remove_dir_all(folder.join(HISTORY));
    let _ = std::fs::remove_file(folder.join(STORE));
}

/// Makes the folder; its path from the root. Of whose secrets a copy is wanted, there must be some.
pub(crate) fn prepare(folder: &Path, secrets_of: Option<&Path>) -> Result<PathBuf, Failure> {
    if let Some(kept) = secrets_of.map(|dir| dir.join(SECRETS)).filter(|kept| !kept.exists()) {
        let message = format!("{} is not there: the secrets are given as settings", kept.display());
        return Err(Failure::refused(message).fix("leave out --with-secrets, and keep those settings"));
    }
    let folder = absolute(folder)?;
    files::empty(&folder)?;
    Ok(folder)
}
