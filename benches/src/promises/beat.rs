//! Questions at a fixed rate, each counted from when it was due: who waits for an answer asks the next one late, and
//! that is the server's doing.

use crate::server::Ours;
use crate::{Outcome, http};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// 20 times a second.
const HEALTH: Duration = Duration::from_millis(50);

/// Does something every `pace` until `over`; it is told when it was due.
pub(super) fn every(
    pace: Duration,
    over: &AtomicBool,
    mut what: impl FnMut(u32, Instant) -> Outcome<()>,
) -> Outcome<()> {
    let began = Instant::now();
    for number in 0.. {
        let due = began + pace * number;
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        if over.load(Ordering::Relaxed) {
            break;
        }
        what(number, due)?;
    }
    Ok(())
}

/// Milliseconds of each answer of `/health`.
pub(super) fn health(ours: &Ours, over: &AtomicBool) -> Outcome<Vec<f64>> {
    let mut times = Vec::new();
    every(HEALTH, over, |_, due| {
        let answer = http::get(ours.server.port, "/health", None)?;
        if answer.status != 200 {
            return Err(format!("/health answered {}: {}", answer.status, answer.body));
        }
        times.push(due.elapsed().as_secs_f64() * 1e3);
        Ok(())
    })?;
    Ok(times)
}
