//! Tickets: 122 random bits that open one stream within 60 seconds.

use crate::owner::Reader;
use std::collections::HashMap;
use uuid::Uuid;

const LIFE_MS: i64 = 60_000;
/// Tickets that wait at a time; beyond it the oldest goes.
const MAX: usize = 10_000;

/// The tickets nobody has used yet.
#[derive(Default)]
pub(super) struct Tickets(HashMap<Uuid, (i64, Reader)>);

impl std::fmt::Debug for Tickets {
    /// How many: a ticket itself opens a stream.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tickets({})", self.0.len())
    }
}

impl Tickets {
    /// A new ticket that may do what `reader` may.
    pub(super) fn issue(&mut self, reader: Reader, now: i64) -> String {
        self.0.retain(|_, (issued, _)| fresh(*issued, now));
        if self.0.len() >= MAX
            && let Some(oldest) =
                self.0.iter().min_by_key(|(_, (issued, _))| *issued).map(|(ticket, _)| *ticket)
        {
            self.0.remove(&oldest);
        }
        let ticket = Uuid::new_v4();
        self.0.insert(ticket, (now, reader));
        ticket.simple().to_string()
    }

    /// Uses a ticket up.
    pub(super) fn spend(&mut self, ticket: &str, now: i64) -> Option<Reader> {
        let (issued, reader) = self.0.remove(&Uuid::try_parse(ticket).ok()?)?;
        fresh(issued, now).then_some(reader)
    }
}

fn fresh(issued: i64, now: i64) -> bool {
    (0..LIFE_MS).contains(&(now - issued))
}
