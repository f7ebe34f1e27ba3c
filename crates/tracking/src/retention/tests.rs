//! Runs over what ages outside history, on a real store. The history has a story of its own, with the engine.

use super::{Ages, MIGRATIONS, Retention, Run, rules};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering::SeqCst};
use ut_core::ports::Transactional;
use ut_core::site::{Class, Site, SiteSettings};
use ut_core::{Clock, SiteId};
use ut_testkit::FakeClock;
use ut_transactional::Sqlite;

const MINUTE: i64 = 60_000;
/// 2026-11-22 23:40 UTC, which is 00:40 of the 23rd in Berlin.
const NOW: i64 = 1_795_390_800_000;

/// Something that ages, and may fail to.
#[derive(Debug, Default)]
struct Heap {
    fails: AtomicBool,
    before: AtomicI64,
}

#[async_trait::async_trait]
impl Ages for Heap {
    fn class(&self) -> Class {
        Class::Personal
    }

    async fn oldest(&self, _site: SiteId) -> Result<Option<i64>, String> {
        Ok(Some(self.before.load(SeqCst)))
    }

    async fn remove_before(&self, _site: SiteId, before_ms: i64) -> Result<u64, String> {
        if self.fails.load(SeqCst) {
            return Err("the disk is full".to_owned());
        }
        self.before.store(before_ms, SeqCst);
        Ok(7)
    }
}

fn site() -> Site {
    Site {
        id: SiteId(1),
        key: String::new(),
        domains: Vec::new(),
        currency: ut_core::event::Currency::parse("EUR").unwrap(),
        time_zone: jiff::tz::TimeZone::get("Europe/Berlin").unwrap(),
        session_timeout_min: 30,
        settings: SiteSettings::default(),
    }
}

struct Place {
    _folder: tempfile::TempDir,
    clock: FakeClock,
    heap: Arc<Heap>,
    retention: Retention,
    site: Arc<Site>,
}

impl Place {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = FakeClock::at(NOW);
        let store: Arc<dyn Transactional> =
            Arc::new(Sqlite::open(&folder.path().join("store.sqlite")).await.unwrap());
        store.migrate(MIGRATIONS).await.unwrap();
        let heap = Arc::new(Heap::default());
        let retention = Retention::new(store, Arc::new(clock.clone()), &[]).with(heap.clone());
        Self { _folder: folder, clock, heap, retention, site: Arc::new(site()) }
    }

    /// What is known of the heap after whatever is due was done.
    async fn looked(&self) -> Run {
        self.retention.run_due(None, &[Arc::clone(&self.site)]).await.unwrap();
        let reports = self.retention.report(None, &self.site).await.unwrap();
        reports.into_iter().find(|report| report.class == Class::Personal).unwrap().run.unwrap()
    }
}

#[test]
fn a_run_is_due_with_the_next_day_and_soon_after_one_that_failed() {
    let site = site();
    let ended = |at: Option<i64>, error: Option<&str>| Run {
        gone_before: 0,
        ran_at: at,
        removed: 0,
        error: error.map(str::to_owned),
    };
    assert_eq!(rules::next_run(&site, None, NOW), NOW, "the first at once");
    assert_eq!(rules::next_run(&site, Some(&ended(None, None)), NOW), NOW, "one that did not end, too");
    let midnight = NOW + (24 * 60 - 40) * MINUTE;
    assert_eq!(rules::next_run(&site, Some(&ended(Some(NOW), None)), NOW), midnight);
    assert_eq!(rules::next_run(&site, Some(&ended(Some(NOW), Some("full"))), NOW), NOW + 10 * MINUTE);
    let late = midnight - MINUTE;
    assert_eq!(rules::next_run(&site, Some(&ended(Some(late), Some("full"))), late), midnight);
}

#[tokio::test]
async fn a_day_has_one_run_and_a_failure_is_kept_and_tried_again() {
    let place = Place::new().await;
    place.heap.fails.store(true, SeqCst);
    let kept_from = place.site.kept_from(Class::Personal, NOW);
    let failed = place.looked().await;
    assert_eq!((failed.ran_at, failed.error.as_deref()), (Some(NOW), Some("the disk is full")));
    assert_eq!((failed.removed, failed.gone_before), (0, kept_from), "noted before it was tried");

    place.heap.fails.store(false, SeqCst);
    place.clock.advance(9 * MINUTE);
    assert_eq!(place.looked().await, failed, "not yet");
    place.clock.advance(MINUTE);
    let done = place.looked().await;
    assert_eq!((done.ran_at, done.removed, done.error), (Some(NOW + 10 * MINUTE), 7, None));
    assert_eq!(place.heap.before.load(SeqCst), kept_from);

    place.clock.advance(60 * MINUTE);
    assert_eq!(place.looked().await.ran_at, Some(NOW + 10 * MINUTE), "once a day");
    place.clock.set(NOW + 24 * 60 * MINUTE);
    assert_eq!(place.looked().await.ran_at, Some(place.clock.now_ms()));
}

/// Longer limits bring nothing back.
#[tokio::test]
async fn what_is_gone_stays_gone_when_the_limit_grows() {
    let mut place = Place::new().await;
    let gone = place.looked().await.gone_before;
    Arc::make_mut(&mut place.site).settings.retention.personal = 24;
    place.clock.advance(24 * 60 * MINUTE);
    let run = place.looked().await;
    assert_eq!((run.ran_at, run.gone_before), (Some(place.clock.now_ms()), gone));
    assert!(place.heap.before.load(SeqCst) < gone, "deleted by the limit as it is");
}

#[tokio::test]
async fn without_history_its_classes_wait_and_the_others_do_not() {
    let place = Place::new().await;
    assert_eq!(place.looked().await.removed, 7);
    assert_eq!(place.retention.classes(), [Class::Events, Class::Sums, Class::Personal]);
    let reports = place.retention.report(None, &place.site).await.unwrap();
    let waiting = |class: Class| reports.iter().find(|report| report.class == class).unwrap();
    assert_eq!((waiting(Class::Events).run.clone(), waiting(Class::Events).next_run), (None, NOW));
    assert_eq!(waiting(Class::Personal).oldest, Some(place.heap.before.load(SeqCst)));
    assert_eq!(place.retention.gone_before(SiteId(1)).await.unwrap(), 0);
}
