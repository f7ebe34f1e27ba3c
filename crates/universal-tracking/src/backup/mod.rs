//! Backups of the embedded stores, and putting them back.
//!
//! A backup is a folder: `main.sqlite` (sites, accounts, receipts), `history` (what the engine writes with its own
//! `BACKUP`), perhaps `secrets.toml`, and last `manifest.json`, which names every file with its size and hash: without it
//! a folder is no backup. Neither the log nor salts are ever in it: what must be forgotten after two days would live on in
//! every copy. A restored folder therefore begins a new log.

mod files;
mod manifest;
mod restore;
mod take;

pub(crate) use manifest::SecretsCheck;
pub(crate) use restore::{Restore, restore};
pub(crate) use take::{complete, discard, prepare, take};

/// The store of sites, accounts and receipts.
const STORE: &str = "main.sqlite";
/// What the engine writes.
const HISTORY: &str = "history";
const SECRETS: &str = "secrets.toml";
const MANIFEST: &str = "manifest.json";
