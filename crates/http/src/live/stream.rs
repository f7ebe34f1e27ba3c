//! What one reader gets.

use super::hub::{LiveHub, Pictures, StreamPlace};
use super::picture::Picture;
use axum::response::sse::Event;
use futures_util::Stream;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, Interval};
use tokio_util::sync::CancellationToken;
use ut_core::{EventId, SiteId};

/// The times of a stream.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// A comment this often keeps proxies from closing the connection.
    pub(super) heartbeat: Duration,
    /// A stream ends after so long. Whoever watches comes back at once, and shows again that they may: a token that
    /// was revoked and a session that ended must not be able to watch for ever.
    pub(super) life: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { heartbeat: Duration::from_secs(15), life: Duration::from_secs(30 * 60) }
    }
}

/// The events of `site`: the picture at once and then every second, and a line for each activity. With the id of the
/// `last` line it knows, a reader gets what came after it, as far as the feed of 50 reaches back; without, the feed.
pub(super) fn stream(
    hub: &Arc<LiveHub>,
    site: SiteId,
    last: Option<EventId>,
    place: StreamPlace,
    pace: Pace,
) -> impl Stream<Item = Result<Event, Infallible>> + use<> {
    let heartbeat = pace.heartbeat;
    let mut pictures = hub.watch(site);
    pictures.mark_changed();
    let viewer = Viewer {
        pictures,
        stop: hub.stop(),
        _place: place,
        end: Instant::now() + pace.life,
        heartbeat: tokio::time::interval_at(Instant::now() + heartbeat, heartbeat),
        known: last.into_iter().collect(),
        ready: VecDeque::new(),
    };
    futures_util::stream::unfold(viewer, |mut viewer| async move {
        let event = viewer.next().await?;
        Some((Ok(event), viewer))
    })
}

struct Viewer {
    pictures: Pictures,
    stop: CancellationToken,
    // Given back with the stream.
    _place: StreamPlace,
    end: Instant,
    heartbeat: Interval,
    /// The lines of the feed this reader has got.
    known: Vec<EventId>,
    ready: VecDeque<Event>,
}

impl Viewer {
    /// The next event; `None` when the server stops, or the stream has lived its time.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            tokio::select! {
                () = self.stop.cancelled() => return None,
                () = tokio::time::sleep_until(self.end) => return None,
                changed = self.pictures.changed() => changed.ok()?,
                _ = self.heartbeat.tick() => return Some(Event::default().comment("")),
            }
            let picture = self.pictures.borrow_and_update().clone();
            picture.iter().for_each(|picture| self.show(picture));
        }
    }

    fn show(&mut self, picture: &Picture) {
        self.ready.push_back(Event::default().event("presence").data(&picture.presence));
        for (id, line) in news(&picture.activity, &self.known) {
            self.ready.push_back(Event::default().event("activity").id(id.to_string()).data(line));
        }
        self.known.clear();
        self.known.extend(picture.activity.iter().map(|(id, _)| *id));
    }
}

/// The lines after the newest known one. The feed only grows at its end, so what stands before a known line was
/// shown before it.
fn news<'a>(feed: &'a [(EventId, String)], known: &[EventId]) -> &'a [(EventId, String)] {
    let newest = feed.iter().rposition(|(id, _)| known.contains(id));
    &feed[newest.map_or(0, |newest| newest + 1)..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(ids: &[u128]) -> Vec<(EventId, String)> {
        ids.iter().map(|id| (EventId::from_u128(*id), String::new())).collect()
    }

    fn shown(ids: &[u128], known: &[u128]) -> Vec<u128> {
        let known: Vec<_> = known.iter().map(|id| EventId::from_u128(*id)).collect();
        news(&feed(ids), &known).iter().map(|(id, _)| id.as_u128()).collect()
    }

    #[test]
    fn a_reader_gets_what_came_after_the_last_line_it_knows() {
        assert_eq!(shown(&[1, 2, 3], &[]), [1, 2, 3], "a new reader gets the feed");
        assert_eq!(shown(&[1, 2, 3], &[2]), [3], "one that comes back gets the rest");
        assert_eq!(shown(&[1, 2, 3], &[3]), [0; 0]);
        assert_eq!(shown(&[2, 3, 4], &[1, 2, 3]), [4], "the feed has moved on");
        assert_eq!(shown(&[7, 8], &[1]), [7, 8], "the line it knows is gone");
    }
}
