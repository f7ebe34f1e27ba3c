//! `enriched` → history's word about parked events → `received` (docs/adr/0015).
//!
//! A late event whose id nobody claims may be in history. It is looked up when history holds all that was decided before
//! it was parked, and comes back by a record that says what was found. A crash between the record and the place
//! repeats the record; the pipeline settles a parked event once.

use super::olap::ConsumeError;
use super::{Unread, give_up};
use crate::complaint::Complaint;
use crate::engine::{Core, Returned};
use crate::history;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use ut_core::event::{Again, Fate, Finding, Frame, Parked, Reentries};
use ut_core::ports::{Cursor, Entry, Log, LogError, OlapError, Param, ParamValue, Topic};
use ut_core::{EventId, Lsn};

/// Its name in the log.
pub(crate) const CONSUMER: &str = "late";

const BATCH_BYTES: usize = 1 << 20;
/// So many ids are looked up at once.
const TOGETHER: usize = 1_000;
/// Sent again, an event may have got another time, because its sender's clock was corrected: by less than this.
const DAY_MS: i64 = 24 * 3_600_000;
/// Without frames, it looks this often whether a full log takes records again.
const IDLE: Duration = Duration::from_secs(2);
/// How often it looks how far history has come.
const POLL: Duration = Duration::from_millis(100);
const RETRY: Duration = Duration::from_secs(1);
/// While nothing is parked, its place may be so many events ahead of what the log knows of it.
const LAZY: u64 = 50_000;

/// Runs until `stop`.
pub(crate) async fn run(core: Core, stop: CancellationToken) {
    let mut complaint = Complaint::default();
    loop {
        let outcome = tokio::select! {
            () = stop.cancelled() => return,
            outcome = consume(&core, &mut complaint) => outcome,
        };
        let Err(error) = outcome;
        // A history that is away says so itself.
        let away = matches!(error, ConsumeError::Olap(OlapError::Unavailable(_)));
        if complaint.is_new(&error.to_string()) && !away {
            tracing::warn!(%error, "late events wait: {error}");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(RETRY) => {}
        }
    }
}

async fn consume(core: &Core, complaint: &mut Complaint) -> Result<std::convert::Infallible, ConsumeError> {
    let mut place = Place::load(core.deps.log.as_ref()).await?;
    loop {
        let entries = tokio::select! {
            biased;
            entries = core.deps.log.read(Topic::Enriched, place.next, BATCH_BYTES) => entries?,
            () = tokio::time::sleep(IDLE) => Vec::new(),
        };
        let end = entries.last().map_or(place.next, Entry::end);
        let (mut parked, unread) = parked(&entries);
        give_up(core.deps.log.as_ref(), &unread).await?;
        parked.sort_by_key(|(_, parked)| parked.request.site);
        for of_site in parked.chunk_by(|(_, a), (_, b)| a.request.site == b.request.site) {
            for group in of_site.chunks(TOGETHER) {
                passed_by_history(core, end).await;
                place.outbox.push(record(core, group).await?);
            }
        }
        place.next = end;
        place.go_on(core, entries.is_empty()).await?;
        place.say_what_returned(core);
        complaint.settle();
    }
}

/// The events that some frames park, by number, and the frames that nobody understands.
fn parked(entries: &[Entry]) -> (Vec<(Lsn, Parked)>, Unread) {
    let (mut all, mut unread) = (Vec::new(), Vec::new());
    for entry in entries.iter().filter(|entry| entry.lost.is_none()) {
        let frame = match Frame::parks(&entry.bytes) {
            Ok(false) => continue,
            Ok(true) => Frame::of_record(entry.first, entry.count, &entry.bytes),
            Err(error) => Err(error),
        };
        match frame {
            Ok(frame) => {
                let numbers = (0..).map(|n| frame.from.plus(n));
                all.extend(numbers.zip(frame.fates).filter_map(|(lsn, fate)| match fate {
                    Fate::Parked(parked) => Some((lsn, *parked)),
                    _ => None,
                }));
            }
            Err(error) => unread.push((entry.clone(), error.to_string())),
        }
    }
    (all, unread)
}

async fn passed_by_history(core: &Core, end: Lsn) {
    while core.history.lock().0 < end {
        tokio::time::sleep(POLL).await;
    }
}

/// The record in which some events of a site come back.
async fn record(core: &Core, group: &[(Lsn, Parked)]) -> Result<Record, ConsumeError> {
    let known = known(core, group).await?;
    let back = group.iter().map(|(of, parked)| {
        let finding = if known.contains(&parked.draft.id) { Finding::Known } else { Finding::Unknown };
        (Again { of: *of, finding }, parked.clone())
    });
    let bytes = Reentries(back.collect()).encode()?;
    Ok(Record { count: u32::try_from(group.len()).unwrap_or(u32::MAX), bytes })
}

/// The ids of a site that history has.
async fn known(core: &Core, group: &[(Lsn, Parked)]) -> Result<HashSet<EventId>, OlapError> {
    let times = || group.iter().map(|(_, parked)| parked.draft.at);
    let (Some(first), Some(last)) = (times().min(), times().max()) else { return Ok(HashSet::new()) };
    let site = group.first().map_or(0, |(_, parked)| parked.request.site.0);
    let lows = group.iter().map(|(_, parked)| parked.draft.id.as_u64_pair().1).collect();
    let params: [Param; 4] = [
        ("site", ParamValue::UInt(site.into())),
        ("from", ParamValue::Int(first.saturating_sub(DAY_MS))),
        ("to", ParamValue::Int(last.saturating_add(DAY_MS))),
        ("id_lows", ParamValue::UInts(lows)),
    ];
    let answer = core.deps.olap.query(history::KNOWN_IDS, &params).await?;
    Ok(answer.rows.iter().filter_map(|row| EventId::parse_str(row.first()?.as_str()?).ok()).collect())
}

/// Where the consumer stands. A new log, or one whose place is lost, is read from its oldest frame: what comes back a
/// second time is moot.
pub(crate) async fn cursor(log: &dyn Log) -> Result<Cursor, LogError> {
    let cursor = log.cursor(CONSUMER).await?;
    if cursor.next > Lsn(0) {
        return Ok(cursor);
    }
    let cursor = Cursor { next: log.status().enriched.start, ..Cursor::default() };
    log.commit(CONSUMER, cursor.clone()).await?;
    Ok(cursor)
}

/// A record to be appended.
#[derive(Debug, Serialize, Deserialize)]
struct Record {
    count: u32,
    bytes: Vec<u8>,
}

/// Where the consumer stands, and the records before it that are not in the log yet. They are kept in the cursor when
/// the log is full: what keeps it full may be the very frames they are from.
struct Place {
    next: Lsn,
    /// What the log knows of `next`.
    stored: Lsn,
    outbox: Vec<Record>,
}

impl Place {
    async fn load(log: &dyn Log) -> Result<Self, ConsumeError> {
        let Cursor { next, state, .. } = cursor(log).await?;
        let outbox = if state.is_empty() { Vec::new() } else { postcard::from_bytes(&state)? };
        Ok(Self { next, stored: next, outbox })
    }

    /// Sends what it can and keeps its place: at once when events were parked, else now and then.
    async fn go_on(&mut self, core: &Core, idle: bool) -> Result<(), ConsumeError> {
        let ahead = self.next.0 - self.stored.0;
        if self.outbox.is_empty() && ahead < if idle || core.hurry.load(SeqCst) { 1 } else { LAZY } {
            return Ok(());
        }
        self.send(core).await?;
        let state = if self.outbox.is_empty() { Vec::new() } else { postcard::to_stdvec(&self.outbox)? };
        core.deps.log.commit(CONSUMER, Cursor { next: self.next, intent: None, state }).await?;
        self.stored = self.next;
        Ok(())
    }

    /// When everything that was parked before its place is in the log again: who should have come back by now and has
    /// not, never will.
    fn say_what_returned(&self, core: &Core) {
        if self.outbox.is_empty() {
            let by = core.deps.log.status().received.end;
            core.returned.lock().get_or_insert(Returned { parked_before: self.next, by });
        }
    }

    /// Appends the records, as many as the log takes.
    async fn send(&mut self, core: &Core) -> Result<(), LogError> {
        let mut sent = 0;
        for record in &self.outbox {
            match core.deps.log.append(Topic::Received, record.count, record.bytes.clone()).await {
                Ok(_) => core.reentries.fetch_add(record.count.into(), SeqCst),
                Err(LogError::Full(_)) => break,
                Err(error) => return Err(error),
            };
            sent += 1;
        }
        self.outbox.drain(..sent);
        Ok(())
    }
}
