//! State as bytes: what the cursor `state` of the log holds.
//!
//! A snapshot holds claims, sessions and the live picture as of one number of the log; no second hash (aliases), no
//! user agent and no address.

use super::claims::Claims;
use super::live::Live;
use super::sessions::Open;
use super::state::{Captured, ReceiptClock, State};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ut_core::Lsn;
use ut_core::event::SessionState;
use ut_core::keys::Keys;

/// The shape of the bytes. A new shape gets a new first byte; older ones stay readable.
const VERSION: u8 = 2;

#[derive(Serialize)]
struct Writing<'a> {
    clock: i64,
    claims: Vec<(i64, Vec<u8>)>,
    sessions: Vec<(&'a SessionState, bool, i64)>,
    live: &'a Live,
}

#[derive(Deserialize)]
struct Reading {
    clock: i64,
    claims: Vec<(i64, Vec<u8>)>,
    sessions: Vec<(SessionState, bool, i64)>,
    live: Live,
}

/// The bytes cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum SnapshotError {
    /// Written by another version.
    #[error("its format {0} is not known to this version")]
    Version(u8),
    /// Not what was written.
    #[error("{0}")]
    Damaged(String),
}

/// State as bytes. Takes time in proportion to the state: not for an async thread.
pub(super) fn encode(state: &Captured, live: &Live) -> Result<Vec<u8>, SnapshotError> {
    let writing = Writing {
        clock: state.clock.0,
        claims: state.claims.iter().map(|(hour, set)| (*hour, Claims::pack(set))).collect(),
        sessions: state.sessions.iter().map(|open| (open.state.as_ref(), open.late, open.seen)).collect(),
        live,
    };
    postcard::to_extend(&writing, vec![VERSION]).map_err(|error| SnapshotError::Damaged(error.to_string()))
}

/// The state the bytes hold, complete up to `next`; empty bytes are the beginning of a log.
pub(super) fn decode(bytes: &[u8], next: Lsn, keys: Keys) -> Result<(State, Live), SnapshotError> {
    let read: Reading = match bytes {
        [] => {
            let state = State::new(keys, next, ReceiptClock::default(), Claims::default(), Vec::new());
            return Ok((state, Live::default()));
        }
        [VERSION, rest @ ..] => {
            postcard::from_bytes(rest).map_err(|error| SnapshotError::Damaged(error.to_string()))?
        }
        [other, ..] => return Err(SnapshotError::Version(*other)),
    };
    let open = |(state, late, seen)| Open { state: Arc::new(state), late, seen };
    let sessions = read.sessions.into_iter().map(open).collect();
    let state = State::new(keys, next, ReceiptClock(read.clock), Claims::unpack(&read.claims), sessions);
    Ok((state, read.live))
}
