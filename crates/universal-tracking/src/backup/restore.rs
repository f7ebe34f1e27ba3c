//! Putting a backup back. Everything is checked before anything is touched, and made ready beside what is there; then
//! names change.

use super::files::{self, absolute, failed, shift, sync};
use super::manifest::{Manifest, SecretsCheck};
use super::{HISTORY, SECRETS, STORE};
use crate::Failure;
use crate::admin::open_engine;
use crate::config::Config;
use crate::data_dir::{DataDir, Role};
use serde_json::{Value, json};
use std::path::Path;
use ut_core::ports::Olap;
use ut_core::{Clock, SystemClock};
use ut_tracking::history;

/// Where a restore makes ready what it will put in place.
const READY: &str = "restoring";
/// The log and what is remembered of it belong to the stores they were written with.
const STORES: [&str; 6] = [STORE, "main.sqlite-wal", "main.sqlite-shm", "olap", "spool", "seen"];

/// What is asked for.
#[derive(Debug)]
pub(crate) struct Restore<'a> {
    /// The backup's folder.
    pub(crate) from: &'a Path,
    /// The stores that are there may be moved aside.
    pub(crate) replace: bool,
    /// Although the secrets are not those of the backup.
    pub(crate) other_secrets: bool,
}

/// Restores into `DATA_DIR`; what was done, for `--json`.
pub(crate) async fn restore(
    config: &Config,
    asked: Restore<'_>,
    progress: impl Fn(&str),
) -> Result<Value, Failure> {
    let from = absolute(asked.from)?;
    ours(config)?;
    let data = DataDir::lock(&config.data_dir, Role::Command)?;
    let manifest = Manifest::verified(&from, &progress)?;
    let dir = data.path();
    let there: Vec<&str> = STORES.into_iter().filter(|name| dir.join(name).exists()).collect();
    if !there.is_empty() && !asked.replace {
        let message = format!("{} holds {} already", dir.display(), there.join(", "));
        let fix = "restore into an empty DATA_DIR, or say --replace: what is there is then moved aside";
        return Err(Failure::refused(message).fix(fix));
    }
    let brings_secrets = manifest.has_secrets() && !dir.join(SECRETS).exists();
    if !asked.other_secrets {
        fitting(config, &data, &manifest, brings_secrets)?;
    }
    make_ready(config, dir, &from, &manifest, &progress).await?;
    let aside = put_in_place(dir, &there)?;
    if brings_secrets {
        files::copy(&from.join(SECRETS), &dir.join(SECRETS))?;
        sync(dir)?;
    }
    Ok(json!({
        "data_dir": dir.display().to_string(),
        "taken": manifest.held.at,
        "sites": manifest.held.sites.len(),
        "events": manifest.held.sites.iter().map(|site| site.events).sum::<u64>(),
        "moved_aside": aside,
        "secrets": if brings_secrets { "restored" } else { "as they were" },
    }))
}

/// Only the stores of `DATA_DIR` are put back.
fn ours(config: &Config) -> Result<(), Failure> {
    if config.stores.sqlite.is_none() && config.stores.embedded.is_none() {
        return Ok(());
    }
    Err(Failure::refused("DATABASE_URL or OLAP_URL names another place than DATA_DIR")
        .fix("restore without it, then move the files there"))
}

/// Are the secrets that will be used those of the backup?
fn fitting(config: &Config, data: &DataDir, manifest: &Manifest, brings: bool) -> Result<(), Failure> {
    let given = config.secrets.hmac.is_some() && config.secrets.encryption_keys.is_some();
    if brings && config.secrets.hmac.is_none() && config.secrets.encryption_keys.is_none() {
        return Ok(());
    }
    let refused = |what: String| {
        Err(Failure::refused(what).fix(
            "give the secrets of that time (the settings, or secrets.toml in DATA_DIR); with --other-secrets what \
             they sealed stays unreadable",
        ))
    };
    if !given && !data.path().join(SECRETS).exists() {
        return refused("the backup came without its secrets, and there are none here".to_owned());
    }
    let ours = SecretsCheck::of(&data.secrets(&config.secrets)?);
    manifest.held.secrets.lacking(&ours).map_or(Ok(()), refused)
}

/// Copies and opens the stores in a folder beside those that are there.
async fn make_ready(
    config: &Config,
    dir: &Path,
    from: &Path,
    manifest: &Manifest,
    progress: impl Fn(&str),
) -> Result<(), Failure> {
    let ready = dir.join(READY);
    match std::fs::remove_dir_all(&ready) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(failed("an earlier attempt cannot be removed", &ready, &error));
        }
        _ => {}
    }
    files::empty(&ready)?;
    files::copy(&from.join(STORE), &ready.join(STORE))?;
    progress("history is being restored");
    let engine = open_engine(config, absolute(&ready.join("olap"))?).await?;
    let done = async {
        history::put_back(engine.as_ref(), &from.join(HISTORY)).await?;
        history::count_events(engine.as_ref()).await
    };
    let counts = done.await;
    engine.close().await;
    let counts = counts.map_err(|error| Failure::new(format!("history was not restored: {error}")))?;
    let differs = manifest
        .held
        .sites
        .iter()
        .find(|site| counts.get(&ut_core::SiteId(site.id)).copied().unwrap_or(0) != site.events);
    if let Some(site) = differs {
        let message = format!(
            "of {}, history does not hold the {} events that the backup names",
            site.domain, site.events
        );
        return Err(Failure::new(message).fix("nothing was changed; take another backup"));
    }
    files::sync_below(&ready)
}

/// Moves what is there aside and the restored stores to its place; the folder with the former.
fn put_in_place(dir: &Path, there: &[&str]) -> Result<Option<String>, Failure> {
    let ready = dir.join(READY);
    let mut aside = None;
    if !there.is_empty() {
        let name = format!("replaced-{}", SystemClock.now_ms());
        files::empty(&dir.join(&name))?;
        // The store first: without it, nothing takes the rest for whole.
        for store in STORES {
            shift(store, dir, &dir.join(&name))?;
        }
        sync(&dir.join(&name))?;
        aside = Some(name);
    }
    for store in ["olap", STORE] {
        shift(store, &ready, dir)?;
        sync(dir)?;
    }
    std::fs::remove_dir(&ready).map_err(|error| failed("cannot be removed", &ready, &error))?;
    sync(dir)?;
    Ok(aside)
}
