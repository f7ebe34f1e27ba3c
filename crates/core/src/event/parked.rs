//! Late events: they wait in a frame until history was asked about their id, and come back by a record of their own.

use super::{Circumstances, Device, Draft, Identity, ReceivedError};
use crate::{Lsn, VisitorId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// An admitted event that nobody claims and that is older than claims are kept: history must say whether it is known.
/// Holds neither a second hash, nor a user agent, nor an address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parked {
    /// The request it came with. In bytes it stands apart.
    #[serde(skip)]
    pub request: Arc<Circumstances>,
    /// Whose it may be, and how they are known.
    pub whose: Option<(VisitorId, Identity)>,
    /// The event itself.
    pub draft: Draft,
    /// The number it was parked under before: it came back too late for the look-up to be trusted.
    pub of: Option<Lsn>,
}

/// What history says of an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Finding {
    /// An event of this id is stored.
    Known,
    /// None was, when all that had been decided before the event was parked stood in history.
    Unknown,
}

/// Which parked event comes back, and with what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Again {
    /// The number it is parked under.
    pub of: Lsn,
    /// What history says of its id.
    pub finding: Finding,
}

/// The record in `Received` in which parked events come back. It takes a number for each; they are no new events.
#[derive(Debug, Clone, PartialEq)]
pub struct Reentries(pub Vec<(Again, Parked)>);

impl Reentries {
    /// The first byte. A new shape gets a new one.
    const VERSION: u8 = 0x83;

    /// Is a record of `Received` one of these, of whatever shape? Their first bytes have a bit that those of
    /// [`super::Received`] have not.
    #[must_use]
    pub fn is(bytes: &[u8]) -> bool {
        bytes.first().is_some_and(|version| version & 0x80 != 0)
    }

    /// The record as it is appended.
    pub fn encode(&self) -> Result<Vec<u8>, ReceivedError> {
        let whole = self.0.iter().map(|(again, parked)| {
            let request = parked.request.as_ref();
            (again, request, request.device.as_ref(), parked)
        });
        let whole: Vec<_> = whole.collect();
        postcard::to_extend(&whole, vec![Self::VERSION])
            .map_err(|error| ReceivedError::Damaged(error.to_string()))
    }

    /// What [`Self::encode`] wrote.
    pub fn decode(bytes: &[u8]) -> Result<Self, ReceivedError> {
        let whole: Vec<(Again, Circumstances, Arc<Device>, Parked)> = match bytes {
            [Self::VERSION, rest @ ..] => {
                postcard::from_bytes(rest).map_err(|error| ReceivedError::Damaged(error.to_string()))?
            }
            [other, ..] => return Err(ReceivedError::Version(*other)),
            [] => return Err(ReceivedError::Damaged("it is empty".to_owned())),
        };
        let back = whole.into_iter().map(|(again, request, device, parked)| {
            let request = Arc::new(Circumstances { device, ..request });
            (again, Parked { request, ..parked })
        });
        Ok(Self(back.collect()))
    }
}
