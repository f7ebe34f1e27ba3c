//! What a running system is made of, handed to whoever needs it: the dependency injection of this code base.

use crate::keys::Keys;
use crate::ports::{Log, Olap, Realtime, Transactional};
use crate::site::Sites;
use crate::{Clock, LogId};
use std::sync::Arc;

/// The stores, the clock and the keys.
#[derive(Debug, Clone)]
pub struct Deps {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// What is acknowledged.
    pub log: Arc<dyn Log>,
    /// What is happening now.
    pub realtime: Arc<dyn Realtime>,
    /// History.
    pub olap: Arc<dyn Olap>,
    /// Sites, users, tokens.
    pub transactional: Arc<dyn Transactional>,
    /// The sites, in memory.
    pub sites: Arc<dyn Sites>,
    /// Derived keys.
    pub keys: Keys,
    /// The log's identity and its number in rows.
    pub log_number: (LogId, u16),
}
