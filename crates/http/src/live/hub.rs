//! One ticker per site that is being watched, shared by all its readers.

use super::picture::Picture;
use super::tickets::Tickets;
use crate::owner::Reader;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use ut_core::ports::Realtime;
use ut_core::{Clock, SiteId};
use ut_tracking::modules::active_users::Ema;

/// A new picture this often, however much happens.
const TICK: Duration = Duration::from_secs(1);

/// Streams at a time, of all readers together. Each costs a connection and a line a second.
pub(super) const MAX_STREAMS: usize = 1_000;

/// Of these, all tokens of one site together: who has a token, or took one, must not be able to shut the others out.
pub(super) const MAX_SITE_STREAMS: usize = MAX_STREAMS / 2;

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    /// All are taken.
    All,
    /// All that one site's tokens may have.
    Own,
}

/// A place for a stream, given back when it is dropped.
#[derive(Debug)]
pub(super) struct StreamPlace {
    hub: Arc<LiveHub>,
    of: Option<SiteId>,
    _permit: OwnedSemaphorePermit,
}

impl Drop for StreamPlace {
    fn drop(&mut self) {
        let Some(site) = self.of else { return };
        let mut streams = self.hub.streams.lock();
        if let Some(open) = streams.get_mut(&site) {
            *open -= 1;
            if *open == 0 {
                streams.remove(&site);
            }
        }
    }
}

/// The newest picture; `None` until the first one is there.
pub(super) type Pictures = watch::Receiver<Option<Arc<Picture>>>;
type Watched = HashMap<SiteId, watch::Sender<Option<Arc<Picture>>>>;

/// Live pictures for any number of readers: the store is asked once a second per watched site, and not at all while
/// nobody looks. Also holds the tickets of streams.
#[derive(Debug)]
pub struct LiveHub {
    realtime: Arc<dyn Realtime>,
    clock: Arc<dyn Clock>,
    stop: CancellationToken,
    tickers: TaskTracker,
    watched: Mutex<Watched>,
    tickets: Mutex<Tickets>,
    places: Arc<Semaphore>,
    /// Open streams of a site's tokens.
    streams: Mutex<HashMap<SiteId, usize>>,
}

impl LiveHub {
    /// Streams end, and no new one begins, once `stop` is cancelled.
    #[must_use]
    pub fn new(realtime: Arc<dyn Realtime>, clock: Arc<dyn Clock>, stop: CancellationToken) -> Arc<Self> {
        Arc::new(Self {
            realtime,
            clock,
            stop,
            tickers: TaskTracker::new(),
            watched: Mutex::default(),
            tickets: Mutex::default(),
            places: Arc::new(Semaphore::new(MAX_STREAMS)),
            streams: Mutex::default(),
        })
    }

    /// Waits until every ticker has ended; they do when `stop` is cancelled.
    pub async fn closed(&self) {
        self.tickers.close();
        self.tickers.wait().await;
    }

    /// How many sites are being watched.
    #[must_use]
    pub fn watched(&self) -> usize {
        self.watched.lock().len()
    }

    /// How many streams are open.
    #[must_use]
    pub fn open_streams(&self) -> usize {
        MAX_STREAMS - self.places.available_permits()
    }

    pub(super) fn issue(&self, reader: Reader) -> String {
        self.tickets.lock().issue(reader, self.clock.now_ms())
    }

    pub(super) fn spend(&self, ticket: &str) -> Option<Reader> {
        self.tickets.lock().spend(ticket, self.clock.now_ms())
    }

    /// A place for one more stream, held until it is dropped. `of`: it is opened by a token of this site; the owner's
    /// streams have only the common bound.
    pub(super) fn place(self: &Arc<Self>, of: Option<SiteId>) -> Result<StreamPlace, Taken> {
        let mut streams = self.streams.lock();
        let open = of.map_or(0, |site| streams.get(&site).copied().unwrap_or(0));
        if open >= MAX_SITE_STREAMS {
            return Err(Taken::Own);
        }
        let permit = Arc::clone(&self.places).try_acquire_owned().map_err(|_| Taken::All)?;
        of.into_iter().for_each(|site| *streams.entry(site).or_default() += 1);
        Ok(StreamPlace { hub: Arc::clone(self), of, _permit: permit })
    }

    pub(super) fn stop(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// The pictures of a site; the first reader starts its ticker.
    pub(super) fn watch(self: &Arc<Self>, site: SiteId) -> Pictures {
        let mut watched = self.watched.lock();
        if let Some(pictures) = watched.get(&site) {
            return pictures.subscribe();
        }
        let (pictures, first) = watch::channel(None);
        watched.insert(site, pictures);
        let hub = Arc::clone(self);
        self.tickers.spawn(async move { hub.tick(site).await });
        first
    }

    /// Runs until nobody watches `site` any more.
    async fn tick(&self, site: SiteId) {
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut average = Ema::counter();
        let mut failing = false;
        loop {
            tokio::select! {
                () = self.stop.cancelled() => {
                    self.watched.lock().remove(&site);
                    return;
                }
                _ = ticks.tick() => {}
            }
            let picture = self.picture(site, &mut average).await;
            if let Err(error) = &picture
                && !failing
            {
                tracing::warn!(site = site.0, "the live picture of site {} stands still: {error}", site.0);
            }
            failing = picture.is_err();
            if !self.publish(site, picture.ok()) {
                return;
            }
        }
    }

    async fn picture(&self, site: SiteId, average: &mut Ema) -> Result<Picture, String> {
        let now = self.clock.now_ms();
        let view = self.realtime.view(site, None, now).await.map_err(|error| error.to_string())?;
        let smoothed = average.update(f64::from(view.now), now);
        Picture::new(&view, smoothed).map_err(|error| error.to_string())
    }

    /// Shows a picture to the readers; false when there are none left: the site is then no longer watched. One lock
    /// holds both, so that a reader who comes meanwhile starts a new ticker.
    fn publish(&self, site: SiteId, picture: Option<Picture>) -> bool {
        let mut watched = self.watched.lock();
        let Some(pictures) = watched.get(&site) else { return false };
        if pictures.receiver_count() == 0 {
            watched.remove(&site);
            return false;
        }
        if let Some(picture) = picture {
            pictures.send_replace(Some(Arc::new(picture)));
        }
        true
    }
}
