//! What a receipt says, what of it is stored in clear, and how it is read back.

use super::super::signals::{Signal, SignalSource};
use crate::sites::RandomError;
use crate::vault::{Subject, VaultError};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use ut_core::SiteId;
use ut_core::ports::TransactionalError;
use uuid::Uuid;

/// What was said of each axis; `None` where nothing was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AxesSaid {
    /// Measuring beyond the cookieless default.
    pub analytics: Option<bool>,
    /// Forwarding to advertisers.
    pub marketing: Option<bool>,
    /// Personalised content.
    pub personalization: Option<bool>,
    /// The browser sent Global Privacy Control.
    pub gpc: bool,
}

impl AxesSaid {
    /// What a signal says, and whether the browser sent Global Privacy Control beside it.
    #[must_use]
    pub const fn of(signal: &Signal, gpc: bool) -> Self {
        let Signal { analytics, marketing, personalization, .. } = *signal;
        Self { analytics, marketing, personalization, gpc }
    }

    /// `a`/`A` analytics denied/granted, `m`/`M`, `p`/`P`, `g` Global Privacy Control: as in the cookie.
    #[must_use]
    pub fn letters(self) -> String {
        let axes = [(self.analytics, 'a'), (self.marketing, 'm'), (self.personalization, 'p')];
        let letter = |(said, letter): (Option<bool>, char)| {
            said.map(|granted| if granted { letter.to_ascii_uppercase() } else { letter })
        };
        axes.into_iter().filter_map(letter).chain(self.gpc.then_some('g')).collect()
    }

    pub(super) fn parse(letters: &str) -> Self {
        let said = |letter: char| {
            let granted = letters.contains(letter.to_ascii_uppercase());
            (granted || letters.contains(letter)).then_some(granted)
        };
        Self {
            analytics: said('a'),
            marketing: said('m'),
            personalization: said('p'),
            gpc: letters.contains('g'),
        }
    }
}

/// Who or what said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiptSource {
    /// An explicit signal.
    Signal(SignalSource),
    /// Global Privacy Control alone.
    Gpc,
    /// The visitor asked not to be counted at all.
    OptOut,
    /// And took that back.
    OptIn,
}

impl ReceiptSource {
    /// Its name in the store and in answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Signal(source) => source.as_str(),
            Self::Gpc => "gpc",
            Self::OptOut => "opt_out",
            Self::OptIn => "opt_in",
        }
    }
}

/// A choice, as it is recorded.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// The site.
    pub site: SiteId,
    /// Whose choice it is: the visitor of the cookie. `None` for a visitor who is not to be recognised tomorrow; then
    /// neither the raw signal nor the user agent is kept, for both look the same on every day.
    pub subject: Option<Subject>,
    /// Since when it holds, Unix milliseconds.
    pub at_ms: i64,
    /// What was said.
    pub axes: AxesSaid,
    /// By whom.
    pub source: ReceiptSource,
    /// The signal as it came, e.g. a TC string.
    pub raw: Option<String>,
    /// The version of the policy that was shown.
    pub policy_version: Option<String>,
    /// The region whose rules applied.
    pub region: Option<String>,
    /// The browser's user agent; only its SHA-256 is kept.
    pub user_agent: Option<String>,
}

/// What is sealed of a receipt with the subject's key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Private {
    pub(super) raw: Option<String>,
    pub(super) ua_hash: Option<[u8; 32]>,
}

impl Private {
    /// The field's name in the vault.
    pub(super) const FIELD: &'static str = "consent_receipt";

    pub(super) fn of(receipt: &Receipt) -> Self {
        let hash = |agent: &String| Sha256::digest(agent.as_bytes()).into();
        Self { raw: receipt.raw.clone(), ua_hash: receipt.user_agent.as_ref().map(hash) }
    }
}

/// A receipt as it stands in the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedReceipt {
    /// Its place in the site's chain, from 1.
    pub number: u64,
    /// Its id.
    pub id: Uuid,
    /// Since when the choice holds, Unix milliseconds.
    pub at_ms: i64,
    /// What was said.
    pub axes: AxesSaid,
    /// By whom, as stored.
    pub source: String,
    /// The version of the policy that was shown.
    pub policy_version: Option<String>,
    /// The region whose rules applied.
    pub region: Option<String>,
    /// Whose it is.
    pub whose: Whose,
    /// Its hash, which the next one covers.
    pub hash: [u8; 32],
}

/// Whose choice a receipt records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// Of a visitor who was not to be recognised.
    Nobodys,
    /// Of a known one.
    Known {
        /// The visitor.
        subject: Subject,
        /// The signal as it came.
        raw: Option<String>,
        /// SHA-256 of the user agent.
        ua_hash: Option<[u8; 32]>,
    },
    /// Of one who was forgotten since.
    Forgotten,
}

/// A row, as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stored {
    pub(super) site: i64,
    pub(super) number: i64,
    pub(super) id: Vec<u8>,
    pub(super) at: i64,
    pub(super) axes: String,
    pub(super) source: String,
    pub(super) policy_version: Option<String>,
    pub(super) region: Option<String>,
    pub(super) sealed: Option<Vec<u8>>,
    pub(super) prev_hash: Vec<u8>,
    pub(super) hash: Vec<u8>,
}

impl Stored {
    /// As it is shown, if it is what this program writes.
    pub(super) fn recorded(&self, whose: Whose) -> Option<RecordedReceipt> {
        Some(RecordedReceipt {
            number: u64::try_from(self.number).ok()?,
            id: Uuid::from_slice(&self.id).ok()?,
            at_ms: self.at,
            axes: AxesSaid::parse(&self.axes),
            source: self.source.clone(),
            policy_version: self.policy_version.clone(),
            region: self.region.clone(),
            whose,
            hash: self.hash.as_slice().try_into().ok()?,
        })
    }
}

/// A chain that is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The site.
    pub site: SiteId,
    /// The number of its first receipt: more than 1 since older ones were removed for their age.
    pub first: u64,
    /// Its receipts, from that one on.
    pub receipts: u64,
    /// The newest one's hash. Kept elsewhere, it also shows whether the whole chain was written anew.
    pub head: Option<[u8; 32]>,
}

/// The first place at which a chain is not what was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("receipt {number} of site {site}{} is broken: {why}", id.map(|id| format!(" ({id})")).unwrap_or_default())]
pub struct Broken {
    /// The site, as stored.
    pub site: i64,
    /// The receipt's number.
    pub number: i64,
    /// Its id, if there is one.
    pub id: Option<Uuid>,
    /// What is wrong with it.
    pub why: String,
}

/// Why a receipt could not be written, or a chain not be read.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ReceiptError {
    /// The store.
    #[error(transparent)]
    Store(#[from] TransactionalError),
    /// What is sealed.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The machine has no randomness.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// The chain is not what was written.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// The end of the chain is not where the store says it is.
    #[error("the receipts of site {site} do not end where they should: `privacy verify` says more")]
    NoEnd {
        /// Its number.
        site: u32,
    },
}
