//! What the owner's surface touches, and nothing more.

use crate::metrics::Metrics;
use crate::state::{AppState, HttpSettings};
use axum::extract::FromRef;
use std::sync::Arc;
use ut_core::Clock;
use ut_core::ports::{Olap, Realtime};
use ut_tracking::accounts::Accounts;
use ut_tracking::modules::consent::receipts::Receipts;
use ut_tracking::retention::Retention;
use ut_tracking::sites::SiteRegistry;

/// The part of [`AppState`] the owner's surface needs.
#[derive(Debug, Clone)]
pub struct OwnerState {
    /// Users, sessions and tokens.
    pub accounts: Arc<Accounts>,
    /// The sites.
    pub sites: Arc<SiteRegistry>,
    /// Settings.
    pub settings: Arc<HttpSettings>,
    /// For limits.
    pub realtime: Arc<dyn Realtime>,
    /// What the door has seen: for warnings.
    pub metrics: Arc<Metrics>,
    /// What visitors chose.
    pub receipts: Arc<Receipts>,
    /// What goes when it is too old.
    pub retention: Arc<Retention>,
    /// History: for how old the oldest is.
    pub olap: Arc<dyn Olap>,
    /// Time.
    pub clock: Arc<dyn Clock>,
}

impl FromRef<AppState> for OwnerState {
    fn from_ref(state: &AppState) -> Self {
        Self {
            accounts: Arc::clone(&state.accounts),
            sites: Arc::clone(&state.sites),
            settings: Arc::clone(&state.settings),
            realtime: Arc::clone(&state.deps.realtime),
            metrics: Arc::clone(&state.metrics),
            receipts: Arc::clone(&state.receipts),
            retention: Arc::clone(&state.retention),
            olap: Arc::clone(&state.deps.olap),
            clock: Arc::clone(&state.deps.clock),
        }
    }
}
