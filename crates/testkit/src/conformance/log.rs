//! The conformance suite of the port `log`.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use ut_core::Lsn;
use ut_core::ports::{Close, Cursor, Entry, Log, LogError, Topic};

/// Runs the whole suite; each call of `open` must give a new, empty log.
///
/// # Panics
/// Where the adapter does not do what the port says.
pub async fn suite<F, L>(open: F)
where
    F: Fn() -> L,
    L: Future<Output = Arc<dyn Log>>,
{
    starts_empty(&*open().await).await;
    numbers_and_returns_what_was_appended(&*open().await).await;
    reads_from_the_middle_and_within_a_bound(&*open().await).await;
    waits_for_the_next_record(&*open().await).await;
    topics_share_numbers(&*open().await).await;
    keeps_cursors(&*open().await).await;
    trims_whole_segments(&*open().await).await;
    refuses_nonsense(&*open().await).await;
}

async fn starts_empty(log: &dyn Log) {
    let status = log.status();
    assert!(status.writable, "a new log takes appends");
    assert_ne!(status.id.0, 0, "its identity is random");
    for topic in [status.received, status.enriched] {
        assert_eq!((topic.start, topic.end), (Lsn::FIRST, Lsn::FIRST), "the first event gets number 1");
    }
    assert_eq!(log.cursor("nobody").await.unwrap_or_else(panics), Cursor::default());
    assert_eq!(log.reached("nobody").await.unwrap_or_else(panics), Lsn(0));
}

async fn numbers_and_returns_what_was_appended(log: &dyn Log) {
    let expected = fill(log, Topic::Received, &[3, 1, 20]).await;
    assert_eq!(expected.iter().map(|entry| entry.first.0).collect::<Vec<_>>(), [1, 4, 5]);
    assert_eq!(log.status().received.end, Lsn(25), "numbers have no gaps");
    assert!(log.status().received.bytes > 0);
    for nothing_yet in [Lsn(0), Lsn(1)] {
        assert_eq!(all(log, Topic::Received, nothing_yet, 1 << 20).await, expected);
    }
    log.append(Topic::Received, 1, Vec::new()).await.unwrap_or_else(panics);
    let empty = all(log, Topic::Received, Lsn(25), 1).await;
    assert_eq!(empty, [Entry::new(Lsn(25), 1, Vec::new())], "a record may be empty");
}

async fn reads_from_the_middle_and_within_a_bound(log: &dyn Log) {
    let counts: Vec<u32> = (1..=40).collect();
    let expected = fill(log, Topic::Received, &counts).await;
    for entry in &expected {
        for from in [entry.first, Lsn(entry.end().0 - 1)] {
            let read = log.read(Topic::Received, from, 1).await.unwrap_or_else(panics);
            assert_eq!(read.first(), Some(entry), "the record containing {from:?} comes first");
            assert_eq!(read.len(), 1, "a bound of one byte gives one record");
        }
    }
    assert_eq!(all(log, Topic::Received, Lsn(1), 2_000).await, expected, "pieces make up the whole");
    let some = log.read(Topic::Received, Lsn(1), 2_000).await.unwrap_or_else(panics);
    let bytes: usize = some.iter().map(|entry| entry.bytes.len()).sum();
    assert!((1_000..8_000).contains(&bytes), "about 2,000 bytes were asked for, {bytes} came");
}

async fn waits_for_the_next_record(log: &dyn Log) {
    fill(log, Topic::Received, &[2]).await;
    let mut waiting = pin!(log.read(Topic::Received, Lsn(3), 1_000));
    for _ in 0..3 {
        let pending = poll_fn(|context| Poll::Ready(waiting.as_mut().poll(context).is_pending())).await;
        assert!(pending, "a reader at the end waits");
    }
    let next = Entry::new(Lsn(3), 1, b"next".to_vec());
    let first = log.append(Topic::Received, 1, next.bytes.clone()).await.unwrap_or_else(panics);
    assert_eq!(first, next.first);
    assert_eq!(waiting.await.unwrap_or_else(panics), [next], "and gets what is appended");
}

async fn topics_share_numbers(log: &dyn Log) {
    fill(log, Topic::Received, &[4, 4]).await;
    let frame = fill(log, Topic::Enriched, &[8]).await;
    assert_eq!(frame[0].first, Lsn(1));
    let status = log.status();
    assert_eq!((status.received.end, status.enriched.end), (Lsn(9), Lsn(9)));
    assert_eq!(
        all(log, Topic::Enriched, Lsn(5), 1_000).await,
        frame,
        "a frame is found by any of its events"
    );
    assert_eq!(all(log, Topic::Received, Lsn(1), 1_000).await.len(), 2);
}

async fn keeps_cursors(log: &dyn Log) {
    fill(log, Topic::Received, &[9]).await;
    let plain = Cursor { next: Lsn(5), intent: None, state: Vec::new() };
    let rich = Cursor { next: Lsn(7), intent: Some((Lsn(7), Lsn(10))), state: vec![5; 100_000] };
    for (consumer, cursor) in [("olap", &plain), ("pipeline", &rich), ("olap", &rich), ("olap", &plain)] {
        log.commit(consumer, cursor.clone()).await.unwrap_or_else(panics);
        assert_eq!(&log.cursor(consumer).await.unwrap_or_else(panics), cursor);
        assert_eq!(log.reached(consumer).await.unwrap_or_else(panics), cursor.next);
    }
    assert_eq!(log.cursor("pipeline").await.unwrap_or_else(panics), rich, "consumers do not share cursors");
}

async fn trims_whole_segments(log: &dyn Log) {
    let expected = fill(log, Topic::Received, &[5, 5]).await;
    log.trim(Topic::Received, Lsn(11), Close::WhenOld).await.unwrap_or_else(panics);
    assert_eq!(all(log, Topic::Received, Lsn(1), 1_000).await, expected, "the segment in use stays");
    log.trim(Topic::Received, Lsn(10), Close::Now).await.unwrap_or_else(panics);
    assert_eq!(all(log, Topic::Received, Lsn(1), 1_000).await, expected, "event 10 is still needed");
    log.trim(Topic::Received, Lsn(11), Close::WhenOld).await.unwrap_or_else(panics);
    let status = log.status().received;
    assert_eq!((status.start, status.end), (Lsn(11), Lsn(11)), "closed, and all of it before 11");
    let more = fill(log, Topic::Received, &[1]).await;
    assert_eq!(more[0].first, Lsn(11), "numbers go on");
    assert_eq!(all(log, Topic::Received, Lsn(0), 1_000).await, more, "a new reader starts with the oldest");
    let gone = log.read(Topic::Received, Lsn(10), 1_000).await;
    assert!(matches!(gone, Err(LogError::Damaged(_))), "what is gone is not skipped in silence: {gone:?}");
}

async fn refuses_nonsense(log: &dyn Log) {
    assert!(log.append(Topic::Received, 0, vec![1]).await.is_err(), "a record stands for at least one event");
    assert_eq!(log.status().received.end, Lsn(1));
    for name in ["", "../olap", "a b", "Olap"] {
        assert!(log.commit(name, Cursor::default()).await.is_err(), "`{name}` is not a name");
    }
}

/// Appends records that stand for `counts` events each.
async fn fill(log: &dyn Log, topic: Topic, counts: &[u32]) -> Vec<Entry> {
    let mut entries = Vec::new();
    for count in counts {
        let bytes = vec![*count as u8; 100 + *count as usize * 10];
        let first = log.append(topic, *count, bytes.clone()).await.unwrap_or_else(panics);
        entries.push(Entry::new(first, *count, bytes));
    }
    entries
}

/// Everything from `from` up to the end, read in pieces.
async fn all(log: &dyn Log, topic: Topic, from: Lsn, max_bytes: usize) -> Vec<Entry> {
    let status = log.status();
    let end = if topic == Topic::Received { status.received.end } else { status.enriched.end };
    let (mut entries, mut next) = (Vec::new(), from);
    while next < end {
        let some = log.read(topic, next, max_bytes).await.unwrap_or_else(panics);
        assert!(some.windows(2).all(|pair| pair[0].end() == pair[1].first), "records follow each other");
        next = some.last().map_or_else(|| panic!("an empty answer"), Entry::end);
        entries.extend(some);
    }
    entries
}

#[expect(clippy::panic, reason = "a conformance suite ends where the adapter is wrong")]
fn panics<T>(error: LogError) -> T {
    panic!("the log refused: {error}")
}
