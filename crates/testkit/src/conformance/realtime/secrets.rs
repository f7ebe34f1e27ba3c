//! Salts and rate limits.

use super::{SITE, START};
use ut_core::SiteId;
use ut_core::ports::{RateVerdict, Realtime, SaltDay, Salts};

async fn salts(store: &dyn Realtime, site: SiteId, day: i32) -> (Salts, Option<Salts>) {
    store.salts(site, SaltDay(day)).await.unwrap_or_else(|error| panic!("salts: {error}"))
}

pub(super) async fn salts_live_two_days(store: &dyn Realtime) {
    let (first, none) = salts(store, SITE, 100).await;
    assert!(none.is_none() && first.day == SaltDay(100) && first.visitor != first.seal);
    assert_eq!(salts(store, SITE, 100).await.0, first, "asked again");
    assert_ne!(salts(store, SiteId(2), 100).await.0.visitor, first.visitor, "each site has its own");
    let (second, previous) = salts(store, SITE, 101).await;
    assert!(second.visitor != first.visitor && previous == Some(first), "yesterday's stay");
    let (third, previous) = salts(store, SITE, 102).await;
    assert_eq!((third.day, previous), (SaltDay(102), Some(second)), "the day before yesterday's are gone");
    assert!(salts(store, SITE, 110).await.1.is_none(), "and after a pause both");
}

pub(super) async fn salts_survive_a_clock_that_goes_back(store: &dyn Realtime) {
    let (old, _) = salts(store, SITE, 100).await;
    let (new, _) = salts(store, SITE, 101).await;
    assert_eq!(salts(store, SITE, 100).await.0, old, "back over the rotation");
    assert_eq!(salts(store, SITE, 101).await, (new.clone(), Some(old)));
    // Back by many days: one of the two clocks was wrong, and today's identities must not wait for that day.
    let (today, _) = salts(store, SITE, 50).await;
    assert_eq!(today.day, SaltDay(50));
    assert_ne!(today.visitor, new.visitor);
    assert_eq!(salts(store, SITE, 51).await.1, Some(today), "and it rotates on");
}

pub(super) async fn limits_refill(store: &dyn Realtime) {
    let take = |key: &'static str, cost, now| async move {
        store.allow(key, cost, 60, now).await.unwrap_or_else(|error| panic!("allow: {error}"))
    };
    assert_eq!(take("a", 60, START).await, RateVerdict::Allowed, "a full bucket");
    assert_eq!(take("a", 1, START).await, RateVerdict::RetryAfterMs(1000), "an empty one");
    assert_eq!(take("b", 1, START).await, RateVerdict::Allowed, "another bucket");
    assert_eq!(take("a", 1, START + 1000).await, RateVerdict::Allowed, "one a second flows in");
    assert_eq!(take("a", 2, START + 2000).await, RateVerdict::RetryAfterMs(1000), "a refusal takes nothing");
    assert_eq!(take("a", 2, START + 3000).await, RateVerdict::Allowed);
    let unlimited = store.allow("a", 1_000_000, 0, START).await;
    assert_eq!(
        unlimited.unwrap_or_else(|error| panic!("allow: {error}")),
        RateVerdict::Allowed,
        "0 is no limit"
    );
}
