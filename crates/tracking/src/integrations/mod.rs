//! Shop systems that tell of a site's orders by signed webhooks: in the transactional store, and in memory for the door.

mod registry;
mod store;
#[cfg(test)]
mod tests;

pub use registry::{AddedIntegration, Integrations, NewIntegration, RotatedIntegration};
pub use store::Integration;

use crate::sites::{RandomError, Refusal, in_one_line};
use ut_core::module::Migration;
use ut_core::order::OrderSource;
use ut_core::ports::TransactionalError;

/// The table of integrations.
pub const MIGRATIONS: &[Migration] = &[Migration {
    number: 2_026_112_361,
    name: "create_integrations",
    sql: include_str!("sql/create_integrations.transactional.sql"),
}];

/// A kind of shop system. A site has at most one of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Provider {
    /// Shopify.
    Shopify,
    /// WooCommerce.
    Woocommerce,
    /// Any other, in our own words.
    Orders,
}

impl Provider {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Shopify, Self::Woocommerce, Self::Orders];

    /// The word in commands, addresses and metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Shopify => "shopify",
            Self::Woocommerce => "woocommerce",
            Self::Orders => "orders",
        }
    }

    /// The provider of a word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|provider| provider.as_str() == word)
    }

    /// Who tells, for the ledger.
    #[must_use]
    pub const fn source(self) -> OrderSource {
        match self {
            Self::Shopify => OrderSource::Shopify,
            Self::Woocommerce => OrderSource::Woocommerce,
            Self::Orders => OrderSource::Orders,
        }
    }
}

/// Why an integration could not be changed or read.
#[derive(Debug, Clone, thiserror::Error)]
pub enum IntegrationError {
    /// The input; nothing was changed.
    #[error("{}", in_one_line(.0))]
    Refused(Vec<Refusal>),
    /// The store.
    #[error(transparent)]
    Store(#[from] TransactionalError),
    /// A row in the store that no version of this program writes.
    #[error("an integration of site {site} in the store is damaged: {what}")]
    Damaged {
        /// The site's number, as stored.
        site: i64,
        /// What is wrong with it.
        what: String,
    },
    /// The machine has no randomness.
    #[error(transparent)]
    Random(#[from] RandomError),
}
