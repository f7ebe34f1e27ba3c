//! Places for connections: so many at a time. When all are taken, those that have waited longest for a request, or for
//! more of one, give theirs up, so that nobody keeps others out by doing nothing.

use axum::body::{Body, Bytes};
use hyper::body::{Frame, SizeHint};
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// While every connection is at work, it is looked this often whether one has become idle.
const LOOK: Duration = Duration::from_millis(100);

/// The places of one listener.
#[derive(Debug)]
pub(super) struct Places {
    free: Arc<Semaphore>,
    /// How many give their place up at once: looking for them costs as much for one as for several.
    at_once: usize,
    /// Counts up: an order of moments, without asking a clock for every request.
    moments: AtomicU64,
    /// From when on time is counted.
    began: Instant,
    taken: Mutex<HashMap<u64, Arc<Line>>>,
}

/// A connection as others see it.
#[derive(Debug)]
struct Line {
    /// Since which moment it waits for its client; [`AT_WORK`] while it answers.
    idle_since: AtomicU64,
    /// Since when the head of a request is waited for, in microseconds; [`AT_WORK`] from its last byte to that of the
    /// answer.
    headless_since: AtomicU64,
    hang_up: Notify,
}

const AT_WORK: u64 = u64::MAX;

impl Places {
    pub(super) fn new(number: usize) -> Arc<Self> {
        Arc::new(Self {
            free: Arc::new(Semaphore::new(number)),
            at_once: (number / 64).max(1),
            moments: AtomicU64::new(0),
            began: Instant::now(),
            taken: Mutex::default(),
        })
    }

    /// Waits for a free place; if there is none, makes one.
    pub(super) async fn take(self: &Arc<Self>) -> Option<Place> {
        loop {
            if self.free.available_permits() == 0 {
                self.make_room();
            }
            if let Ok(permit) = tokio::time::timeout(LOOK, Arc::clone(&self.free).acquire_owned()).await {
                // The semaphore is never closed.
                return permit.ok().map(|permit| Place::new(Arc::clone(self), permit));
            }
        }
    }

    fn make_room(&self) {
        let since = |line: &Arc<Line>| line.idle_since.load(Ordering::Relaxed);
        let mut idle: Vec<_> = self.taken().values().map(|line| (since(line), Arc::clone(line))).collect();
        idle.retain(|(since, _)| *since != AT_WORK);
        idle.sort_unstable_by_key(|(since, _)| *since);
        idle.iter().take(self.at_once).for_each(|(_, line)| line.hang_up.notify_one());
    }

    fn moment(&self) -> u64 {
        self.moments.fetch_add(1, Ordering::Relaxed)
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_micros()).unwrap_or(AT_WORK - 1)
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<u64, Arc<Line>>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place, given back when dropped.
#[derive(Debug)]
pub(super) struct Place {
    places: Arc<Places>,
    number: u64,
    line: Arc<Line>,
    _permit: OwnedSemaphorePermit,
}

impl Place {
    fn new(places: Arc<Places>, permit: OwnedSemaphorePermit) -> Self {
        let number = places.moment();
        let (idle_since, headless_since) = (AtomicU64::new(number), AtomicU64::new(places.now()));
        let line = Arc::new(Line { idle_since, headless_since, hang_up: Notify::new() });
        places.taken().insert(number, Arc::clone(&line));
        Self { places, number, line, _permit: permit }
    }

    /// For as long as what it returns lives, the connection answers a request.
    pub(super) fn at_work(&self) -> AtWork {
        self.line.idle_since.store(AT_WORK, Ordering::Relaxed);
        self.line.headless_since.store(AT_WORK, Ordering::Relaxed);
        AtWork { places: Arc::clone(&self.places), line: Arc::clone(&self.line) }
    }

    /// Returns when the connection shall end: others wait for its place, and it does nothing with it.
    pub(super) async fn wanted(&self) {
        loop {
            self.line.hang_up.notified().await;
            if self.line.idle_since.load(Ordering::Relaxed) != AT_WORK {
                return;
            }
        }
    }

    /// Returns when the head of a request has been waited for that long. The clock is set once in that time and not for
    /// every request.
    pub(super) async fn headless(&self, patience: Duration) {
        let mut due = Instant::now() + patience;
        loop {
            tokio::time::sleep_until(due).await;
            let now = Instant::now();
            let (then, waits) = self.head_due(now, patience);
            if waits && then <= now {
                return;
            }
            due = then;
        }
    }

    /// When to look again, and whether a head is waited for: then it is due at that moment.
    fn head_due(&self, now: Instant, patience: Duration) -> (Instant, bool) {
        match self.line.headless_since.load(Ordering::Relaxed) {
            AT_WORK => (now + patience, false),
            since => (self.places.began + Duration::from_micros(since) + patience, true),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.taken().remove(&self.number);
    }
}

/// A request is being answered.
#[derive(Debug)]
pub(super) struct AtWork {
    places: Arc<Places>,
    line: Arc<Line>,
}

impl AtWork {
    /// The request's body: while its next piece is waited for, the connection is not at work.
    pub(super) fn receiving<B>(&self, body: B) -> Receiving<B> {
        Receiving { body, places: Arc::clone(&self.places), line: Arc::clone(&self.line) }
    }

    /// The answer's body: as long as it is being sent, the connection is at work.
    pub(super) fn until_sent(self, body: Body) -> Sending {
        Sending { body, _at_work: self }
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        self.line.idle_since.store(self.places.moment(), Ordering::Relaxed);
        self.line.headless_since.store(self.places.now(), Ordering::Relaxed);
    }
}

/// A body on its way.
#[derive(Debug)]
pub(super) struct Sending {
    body: Body,
    _at_work: AtWork,
}

impl hyper::body::Body for Sending {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A body on its way in.
#[derive(Debug)]
pub(super) struct Receiving<B> {
    body: B,
    places: Arc<Places>,
    line: Arc<Line>,
}

impl<B: hyper::body::Body + Unpin> hyper::body::Body for Receiving<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        let waits = self.line.idle_since.load(Ordering::Relaxed) != AT_WORK;
        match (&frame, waits) {
            (Poll::Pending, false) => self.line.idle_since.store(self.places.moment(), Ordering::Relaxed),
            (Poll::Ready(_), true) => self.line.idle_since.store(AT_WORK, Ordering::Relaxed),
            _ => {}
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_longest_idle_gives_its_place_up_and_one_at_work_does_not() {
        let places = Places::new(3);
        let first = places.take().await.unwrap();
        let second = places.take().await.unwrap();
        let third = places.take().await.unwrap();
        let answering = first.at_work();
        let (fourth, ()) = tokio::join!(places.take(), async {
            tokio::select! {
                () = first.wanted() => panic!("it answers a request"),
                () = third.wanted() => panic!("another one has waited longer"),
                () = second.wanted() => drop(second),
            }
        });
        drop(answering.until_sent(Body::empty()));
        let answering = third.at_work();
        let (fifth, ()) = tokio::join!(places.take(), async {
            tokio::select! {
                () = first.wanted() => panic!("it has become idle last"),
                () = fourth.as_ref().unwrap().wanted() => {}
            }
            drop(fourth);
        });
        drop((answering, first));
        assert!(fifth.is_some() && places.taken().len() == 2);
    }

    #[tokio::test]
    async fn a_head_is_due_from_the_last_answer_on_and_not_while_one_is_made() {
        let (places, patience) = (Places::new(1), Duration::from_secs(30));
        let is_due = |place: &Place, began: Instant| {
            let (due, waits) = place.head_due(began + Duration::from_secs(9), patience);
            // Microseconds are counted whole.
            let not_before = due + Duration::from_micros(1) >= began + patience;
            waits && not_before && due <= Instant::now() + patience
        };
        let began = Instant::now();
        let place = places.take().await.unwrap();
        assert!(is_due(&place, began), "from the first moment on");
        let began = Instant::now();
        let answering = place.at_work();
        let mut body = answering.receiving(Slow(1));
        let pending = std::future::poll_fn(|context| {
            Poll::Ready(hyper::body::Body::poll_frame(Pin::new(&mut body), context).is_pending())
        });
        assert!(pending.await && place.line.idle_since.load(Ordering::Relaxed) != AT_WORK);
        assert_eq!(place.head_due(began, patience), (began + patience, false), "a body is no head");
        tokio::select! {
            biased;
            () = place.headless(Duration::ZERO) => panic!("it is there"),
            () = tokio::task::yield_now() => {}
        }
        drop(answering.until_sent(Body::empty()));
        assert!(is_due(&place, began), "from the answer on");
        place.headless(Duration::ZERO).await;
    }

    /// A body of two pieces, the second of which lets itself be waited for.
    struct Slow(u8);

    impl hyper::body::Body for Slow {
        type Data = Bytes;
        type Error = axum::Error;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
            self.0 += 1;
            match self.0 {
                1 | 3 => Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b"piece"))))),
                2 => {
                    context.waker().wake_by_ref();
                    Poll::Pending
                }
                _ => Poll::Ready(None),
            }
        }
    }

    #[tokio::test]
    async fn one_that_lets_its_body_be_waited_for_is_not_at_work() {
        let places = Places::new(1);
        let place = places.take().await.unwrap();
        let answering = place.at_work();
        let mut body = answering.receiving(Slow(0));
        let is_at_work = || place.line.idle_since.load(Ordering::Relaxed) == AT_WORK;
        let mut seen = Vec::new();
        std::future::poll_fn(|context| {
            let frame = hyper::body::Body::poll_frame(Pin::new(&mut body), context);
            seen.push(is_at_work());
            if matches!(frame, Poll::Ready(None)) {
                Poll::Ready(())
            } else {
                context.waker().wake_by_ref();
                Poll::Pending
            }
        })
        .await;
        assert_eq!(seen, [true, false, true, true]);
    }
}
