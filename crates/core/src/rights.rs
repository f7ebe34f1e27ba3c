//! What a person may ask of a shop: to be shown everything that is kept of them, and to be forgotten.

use crate::ports::{OlapError, RealtimeError, TransactionalError};
use crate::{Deps, SiteId, VisitorId, VisitorKey};
use serde::{Deserialize, Serialize};

/// A person, as far as a site can tell: the visitors that are known to be them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The site.
    pub site: SiteId,
    /// As history knows them. At least one.
    pub visitors: Vec<VisitorKey>,
    /// As their browsers and the transactional store know them, as far as that is known.
    pub ids: Vec<VisitorId>,
}

/// A part of what is kept: a table with named columns.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Part {
    /// What it is, a word that also names a file (`events`).
    pub name: String,
    /// Names of its columns.
    pub columns: Vec<String>,
    /// Its rows, each with a value per column.
    pub rows: Vec<Vec<serde_json::Value>>,
}

impl Part {
    /// A part without rows yet.
    #[must_use]
    pub fn new(name: &str, columns: &[&str]) -> Self {
        let columns = columns.iter().map(|column| (*column).to_owned()).collect();
        Self { name: name.to_owned(), columns, rows: Vec::new() }
    }
}

/// A random key by which the ids of rows that stay are replaced: rows of one visitor stay rows of one visitor, and who
/// that was cannot be told once the key is destroyed, which happens when the person is forgotten.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Veil(pub [u64; 2]);

impl std::fmt::Debug for Veil {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Veil")
    }
}

/// A store could not be asked, or not be changed; what was done may be done again.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct RightsError(pub String);

macro_rules! from {
    ($($error:ty),*) => {
        $(impl From<$error> for RightsError {
            fn from(error: $error) -> Self {
                Self(error.to_string())
            }
        })*
    };
}

from!(OlapError, TransactionalError, RealtimeError);

/// Who can open what was sealed for a person.
#[async_trait::async_trait]
pub trait Seals: Send + Sync + std::fmt::Debug {
    /// What everything begins with that is sealed for this visitor; `None` when nothing can be open any more.
    async fn mark(&self, site: SiteId, visitor: VisitorId) -> Result<Option<Vec<u8>>, RightsError>;

    /// Opens what was sealed for this visitor as `field`.
    async fn open(
        &self,
        site: SiteId,
        visitor: VisitorId,
        field: &str,
        sealed: &[u8],
    ) -> Result<Vec<u8>, RightsError>;
}

/// What a module works with when a person asks.
#[derive(Debug, Clone, Copy)]
pub struct Hands<'a> {
    /// The stores.
    pub deps: &'a Deps,
    /// Opens what is sealed.
    pub seals: &'a dyn Seals,
}
