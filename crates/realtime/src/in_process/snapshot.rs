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
use ut_core::event::{Circumstances, Device, SessionState};
use ut_core::keys::Keys;

/// The shape of the bytes. A new shape gets a new first byte.
const VERSION: u8 = 6;

#[derive(Serialize)]
struct Writing<'a> {
    clock: i64,
    age: i64,
    stored: &'a Stored,
    parked: &'a [(Lsn, i64)],
    claims: Vec<(i64, Vec<u8>)>,
    sessions: Vec<(&'a SessionState, &'a Circumstances, &'a Device, bool, i64)>,
    live: &'a Live,
}

#[derive(Deserialize)]
struct Reading {
    clock: i64,
    age: i64,
    stored: Stored,
    parked: Vec<(Lsn, i64)>,
    claims: Vec<(i64, Vec<u8>)>,
    sessions: Vec<(SessionState, Circumstances, Arc<Device>, bool, i64)>,
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
        sessions: state.sessions.iter().map(written).collect(),
        live,
    };
    postcard::to_extend(&writing, vec![VERSION]).map_err(|error| SnapshotError::Damaged(error.to_string()))
}

fn written(open: &Open) -> (&SessionState, &Circumstances, &Device, bool, i64) {
    let request = &open.state.request;
    (&open.state, request, &request.device, open.late, open.seen)
}

fn read((state, request, device, late, seen): (SessionState, Circumstances, Arc<Device>, bool, i64)) -> Open {
    let request = Arc::new(Circumstances { device, ..request });
    Open { state: Arc::new(SessionState { request, ..state }), late, seen }
}

/// The state the bytes hold, complete up to `next`; empty bytes are the beginning of a log.
pub(super) fn decode(bytes: &[u8], next: Lsn, keys: Keys) -> Result<(State, Stored, Live), SnapshotError> {
    let rest = match bytes {
        [] => {
            let state = State::new(keys, next, ReceiptClock::default(), Claims::default(), Vec::new());
            return Ok((state, Stored::default(), Live::default()));
        }
        [VERSION, rest @ ..] => rest,
        [other, ..] => return Err(SnapshotError::Version(*other)),
    };
    let Reading { clock, age, stored, parked, claims, sessions, live } =
        postcard::from_bytes(rest).map_err(|error| SnapshotError::Damaged(error.to_string()))?;
    let sessions = sessions.into_iter().map(read).collect();
    let claims = Claims::unpack(&claims, Bounds::default());
    let state =
        State::new(keys, next, ReceiptClock { now: clock, age }, claims, sessions).with_parked(parked);
    Ok((state, stored, live))
}
