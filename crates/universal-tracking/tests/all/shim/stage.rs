//! A shop's server under the shim, and the book of what it acknowledged.

use serde_json::{Value, json};
use std::collections::HashSet;
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use ut_testkit::server::{Server, Shop, page_view};
use ut_testkit::shim::{Action, Call, Library, Point, Shim};

/// How long what was ordered may take to happen.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a process that dies of something may take to do so.
const A_MOMENT: Duration = Duration::from_secs(1);

/// What a call belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Place {
    /// A commit to the log of requests.
    Received,
    /// A commit to the log of frames.
    Enriched,
    /// History's place in the log: what it announces and confirms.
    Cursor,
    /// An insert into the table.
    Events,
    Sessions,
    PageDay,
    /// The state at the end of the process.
    Snapshot,
}

impl Place {
    /// What one batch goes through.
    pub(super) const OF_A_BATCH: [Self; 6] =
        [Self::Received, Self::Enriched, Self::Cursor, Self::Events, Self::Sessions, Self::PageDay];
}

/// Where something goes wrong. The path is below the place's folder: tables have other names in every directory.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Spot {
    pub(super) place: Place,
    pub(super) point: Point,
}

/// A shop, its server, and the ids that were acknowledged.
pub(super) struct Stage {
    _dir: TempDir,
    pub(super) shop: Shop,
    pub(super) shim: Shim,
    data: std::path::PathBuf,
    server: Option<Server>,
    acknowledged: HashSet<String>,
    batches: u32,
    /// Whether what was ordered had happened when something else was ordered.
    hit: bool,
}

impl Stage {
    pub(super) fn open(library: &Library) -> Self {
        let dir = TempDir::new().unwrap();
        let shop = Shop::open(&crate::binary(), dir.path());
        let data = Server::data_dir(dir.path());
        let shim = library.shim(&dir.path().join("shim"), &data);
        Self {
            shop,
            shim,
            data,
            _dir: dir,
            server: None,
            acknowledged: HashSet::new(),
            batches: 0,
            hit: false,
        }
    }

    pub(super) fn data(&self) -> &Path {
        &self.data
    }

    pub(super) fn start(&mut self) {
        let environment = self.shim.environment();
        let environment: Vec<_> = environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.server = Some(self.shop.serve_with(&environment));
    }

    pub(super) fn server(&self) -> &Server {
        self.server.as_ref().unwrap()
    }

    /// SIGTERM; what was ordered may kill it first.
    pub(super) fn end(&mut self) {
        if let Some(mut server) = self.server.take() {
            server.terminate();
        }
    }

    /// Some page views of one visitor.
    pub(super) fn batch(&mut self) -> (String, Vec<Value>) {
        self.batches += 1;
        let n = self.batches;
        let events = (0..3).map(|k| page_view(&format!("/p/{}", (n + k) % 7))).collect();
        (format!("agent {}", n % 5), events)
    }

    /// Sends until it is acknowledged, and starts the server again if it died meanwhile.
    pub(super) async fn deliver(&mut self, (agent, events): &(String, Vec<Value>)) {
        let began = Instant::now();
        loop {
            match self.shop.send(self.server(), agent, events).await {
                Ok((status, answer)) if status.as_u16() == 202 => {
                    assert_eq!(answer["accepted"], json!(events.len()), "{answer}");
                    break;
                }
                Ok((status, answer)) => assert_eq!(status.as_u16(), 503, "{answer}"),
                Err(_) => self.revive(),
            }
            assert!(
                began.elapsed() < Duration::from_secs(30),
                "never acknowledged:\n{}",
                self.server().errors()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.acknowledged.extend(events.iter().map(|event| event["id"].as_str().unwrap().to_owned()));
    }

    /// Starts the server again if it is dying; nothing more goes wrong then.
    fn revive(&mut self) {
        // It may live, and only the connection be gone.
        self.wait_for_the_end(A_MOMENT);
        self.calm();
        if self.server.is_none() {
            self.start();
        }
    }

    /// Orders that nothing more goes wrong.
    pub(super) fn calm(&mut self) {
        self.hit |= self.shim.struck();
        self.shim.count();
    }

    /// Orders that something goes wrong.
    pub(super) fn order(&mut self, action: Action, point: &Point) {
        self.hit = false;
        self.shim.order(action, point, 1);
    }

    /// Waits until what was ordered has happened; false if it does not.
    pub(super) async fn struck(&self) -> bool {
        let began = Instant::now();
        while !self.hit && began.elapsed() < PATIENCE {
            if self.shim.struck() {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.hit
    }

    /// After what was ordered: the server is killed, or goes on, and everything is well in the end.
    pub(super) async fn recovers(&mut self, action: Action) -> bool {
        let struck = self.struck().await;
        match action {
            Action::Kill if struck => self.wait_for_the_end(PATIENCE),
            // The engine ends the process when it cannot take back what it has half written of a table's definition.
            _ if struck => self.wait_for_the_end(A_MOMENT),
            _ => {}
        }
        self.calm();
        if self.server.is_none() {
            self.start();
        }
        struck
    }

    fn wait_for_the_end(&mut self, patience: Duration) {
        let began = Instant::now();
        while began.elapsed() < patience {
            if self.server.as_mut().is_none_or(Server::has_ended) {
                return self.server = None;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Waits for a log line of the server.
    pub(super) async fn says(&self, words: &str) {
        let began = Instant::now();
        while !self.server().errors().contains(words) {
            assert!(began.elapsed() < PATIENCE, "`{words}` is not said:\n{}", self.server().errors());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Everything acknowledged is in history once, nothing else is, and every sum agrees.
    pub(super) async fn agrees(&mut self) {
        self.shop.settled(self.server()).await;
        let stored = self.shop.agrees(self.server()).await;
        let lost = self.acknowledged.difference(&stored).count();
        assert_eq!((lost, stored.len()), (0, self.acknowledged.len()), "lost, stored");
    }

    /// The batch went with the directory it was in.
    pub(super) fn forget(&mut self, (_, events): &(String, Vec<Value>)) {
        for event in events {
            self.acknowledged.remove(event["id"].as_str().unwrap());
        }
    }

    /// Lets one batch go wrong at a spot, sends it again as its sender would, and checks everything. False if nothing
    /// went wrong.
    pub(super) async fn suffer(&mut self, action: Action, spot: &Spot) -> bool {
        let batch = self.batch();
        if spot.place == Place::Snapshot {
            self.deliver(&batch).await;
            self.shop.settled(self.server()).await;
            self.order(action, &self.point(spot));
            self.end();
        } else {
            self.order(action, &self.point(spot));
            self.deliver(&batch).await;
        }
        let struck = self.recovers(action).await;
        self.deliver(&batch).await;
        self.agrees().await;
        struck
    }

    /// The spots of a batch, or of the end of the process.
    pub(super) fn spots(&self, places: &[Place], calls: &[Call]) -> Vec<Spot> {
        let of = |place: &Place| {
            let folder = self.folder(*place);
            let below = |call: &Call| {
                let path = call.path.strip_prefix(&folder)?.to_owned();
                let own = !["tmp_merge", "delete_tmp", "tmp_mut"].iter().any(|word| path.contains(word));
                own.then(|| Call { path, ..call.clone() })
            };
            let own: Vec<Call> = calls.iter().filter_map(below).collect();
            let spot = |point| Spot { place: *place, point };
            Point::of(&own).into_iter().map(spot).collect::<Vec<_>>()
        };
        places.iter().flat_map(of).collect()
    }

    fn point(&self, spot: &Spot) -> Point {
        let paths = format!("{}{}", self.folder(spot.place), spot.point.paths);
        Point { paths, ..spot.point.clone() }
    }

    /// Below `DATA_DIR`.
    fn folder(&self, place: Place) -> String {
        match place {
            Place::Received => "spool/received".to_owned(),
            Place::Enriched => "spool/enriched".to_owned(),
            Place::Cursor | Place::Snapshot => "spool/cursors".to_owned(),
            Place::Events => self.table("events"),
            Place::Sessions => self.table("sessions"),
            Place::PageDay => self.table("page_day"),
        }
    }

    /// A table's folder: its name is a link to it.
    fn table(&self, name: &str) -> String {
        let target = std::fs::canonicalize(self.data.join("olap/data/default").join(name)).unwrap();
        let data = std::fs::canonicalize(&self.data).unwrap();
        target.strip_prefix(data).unwrap().display().to_string()
    }
}
