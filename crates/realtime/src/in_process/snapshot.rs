//! State as bytes: what the cursor `state` of the log holds.
//!
//! A snapshot holds the claims in memory, sessions, the numbers of parked events and the live picture as of one number of the log, and what it counts
//! on in the store of older claims; no second hash (aliases), no user agent and no address.

use super::claims::{Bounds, Claims};
use super::live::Live;
use super::receipt_clock::ReceiptClock;
use super::seen::Stored;
use super::sessions::Open;
use super::state::{Captured, State};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ut_core::Lsn;
use ut_core::event::SessionState;
use ut_core::keys::Keys;

/// The shape of the bytes. A new shape gets a new first byte; older ones stay readable.
const VERSION: u8 = 4;
/// No parked events.
const NOTHING_PARKED: u8 = 3;
/// All claims in memory, no age.
const ALL_IN_MEMORY: u8 = 2;

#[derive(Serialize)]
struct Writing<'a> {
    clock: i64,
    age: i64,
    stored: &'a Stored,
    parked: &'a [(Lsn, i64)],
    claims: Vec<(i64, Vec<u8>)>,
    sessions: Vec<(&'a SessionState, bool, i64)>,
    live: &'a Live,
}

/// What the older version lacks.
#[derive(Deserialize)]
struct Since3 {
    age: i64,
    stored: Stored,
}

#[derive(Deserialize)]
struct Reading {
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
        clock: state.clock.now,
        age: state.clock.age,
        stored: &state.stored,
        parked: &state.parked,
        claims: state.claims.iter().map(Claims::pack).collect(),
        sessions: state.sessions.iter().map(|open| (open.state.as_ref(), open.late, open.seen)).collect(),
        live,
    };
    postcard::to_extend(&writing, vec![VERSION]).map_err(|error| SnapshotError::Damaged(error.to_string()))
}

/// The state the bytes hold, complete up to `next`; empty bytes are the beginning of a log.
pub(super) fn decode(bytes: &[u8], next: Lsn, keys: Keys) -> Result<(State, Stored, Live), SnapshotError> {
    let (version, rest) = match bytes {
        [] => {
            let state = State::new(keys, next, ReceiptClock::default(), Claims::default(), Vec::new());
            return Ok((state, Stored::default(), Live::default()));
        }
        [version, rest @ ..] => (*version, rest),
    };
    let (now, rest): (i64, _) = take(rest)?;
    let (Since3 { age, stored }, rest) = match version {
        VERSION | NOTHING_PARKED => take(rest)?,
        ALL_IN_MEMORY => (Since3 { age: now, stored: Stored::default() }, rest),
        other => return Err(SnapshotError::Version(other)),
    };
    let (parked, rest) = if version == VERSION { take(rest)? } else { (Vec::new(), rest) };
    let read: Reading = take(rest)?.0;
    let open = |(state, late, seen)| Open { state: Arc::new(state), late, seen };
    let sessions = read.sessions.into_iter().map(open).collect();
    let claims = Claims::unpack(&read.claims, Bounds::default());
    let state = State::new(keys, next, ReceiptClock { now, age }, claims, sessions).with_parked(parked);
    Ok((state, stored, read.live))
}

fn take<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<(T, &'a [u8]), SnapshotError> {
    postcard::take_from_bytes(bytes).map_err(|error| SnapshotError::Damaged(error.to_string()))
}
