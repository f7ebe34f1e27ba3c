//! The sites and their settings: in the transactional store, and in memory for everyone who only reads them.

mod change;
mod currencies;
mod error;
mod lists;
mod logs;
mod random;
mod registry;
mod retention;
mod rules;
mod seal;
mod secrets;
mod store;
#[cfg(test)]
mod tests;

pub use change::{OrderRulesChange, RetentionChange, SiteChange};
pub(crate) use currencies::{is_currency, minor_unit};
pub(crate) use error::in_one_line;
pub use error::{Refusal, SiteError};
pub(crate) use logs::{history_mark, mark_history};
pub use logs::{known_logs, log_number};
pub use random::RandomError;
pub(crate) use random::{bytes as random_bytes, word as random_word};
pub use registry::{AddedSite, NewSite, RotatedSecret, SiteRegistry};
pub(crate) use rules::domain;
pub(crate) use seal::Sealer;
pub use secrets::{ROTATION_MS, Secret};

use ut_core::module::Migration;

/// The tables of sites, their domains and the logs.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        number: 2_026_112_201,
        name: "create_sites",
        sql: include_str!("sql/create_sites.transactional.sql"),
    },
    Migration {
        number: 2_026_112_202,
        name: "create_logs",
        sql: include_str!("sql/create_logs.transactional.sql"),
    },
    Migration {
        number: 2_026_112_203,
        name: "add_site_settings",
        sql: include_str!("sql/add_site_settings.transactional.sql"),
    },
    Migration {
        number: 2_026_112_212,
        name: "sum_events_anew",
        sql: include_str!("sql/sum_events_anew.transactional.sql"),
    },
];
