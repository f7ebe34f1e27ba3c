//! Salts and rate limits.

use super::{SITE, START};
use ut_core::SiteId;
use ut_core::ports::{Level, RateVerdict, Realtime, SaltDay, Salts, Take};

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

async fn take(store: &dyn Realtime, takes: &[(&str, u32, u32)], now: i64) -> RateVerdict {
    let takes: Vec<Take<'_>> =
        takes.iter().map(|&(bucket, cost, per_minute)| Take { bucket, cost, per_minute }).collect();
    store.allow(&takes, now).await.unwrap_or_else(|error| panic!("allow: {error}"))
}

const fn left(left: u32, full_in_ms: u64) -> RateVerdict {
    RateVerdict::Allowed(Level { left, full_in_ms })
}

const fn refused(after_ms: u64) -> RateVerdict {
    RateVerdict::Refused { bucket: 0, after_ms }
}

pub(super) async fn limits_refill(store: &dyn Realtime) {
    let one = |bucket, cost, now| async move { take(store, &[(bucket, cost, 60)], now).await };
    assert_eq!(one("a", 59, START).await, left(1, 59_000), "nearly all of a full bucket");
    assert_eq!(one("a", 1, START).await, left(0, 60_000), "the rest");
    assert_eq!(one("a", 1, START).await, refused(1000), "an empty one");
    assert_eq!(one("b", 1, START).await, left(59, 1000), "another bucket");
    assert_eq!(one("a", 1, START + 1000).await, left(0, 60_000), "one a second flows in");
    assert_eq!(one("a", 2, START + 2000).await, refused(1000), "a refusal takes nothing");
    assert_eq!(one("a", 2, START + 3000).await, left(0, 60_000));
    assert_eq!(one("a", 100, START + 62_999).await, refused(1), "more than it holds waits until it is full");
    assert_eq!(one("a", 100, START + 63_000).await, left(0, 100_000), "and is paid off");
    assert_eq!(one("a", 1, START + 63_000).await, refused(41_000), "before anything else passes");
    assert_eq!(take(store, &[("a", 9, 0)], START).await, left(u32::MAX, 0), "0 is no limit");
}

pub(super) async fn several_buckets_give_all_or_nothing(store: &dyn Realtime) {
    let both = |cost, now| async move { take(store, &[("a", cost, 60), ("b", cost, 30)], now).await };
    assert_eq!(both(30, START).await, left(30, 30_000));
    assert_eq!(both(1, START).await, RateVerdict::Refused { bucket: 1, after_ms: 2000 });
    assert_eq!(take(store, &[("a", 30, 60)], START).await, left(0, 60_000), "the refused took nothing");
    assert_eq!(both(1, START).await, refused(1000), "the first that lacks it is named");
}

pub(super) async fn a_minute_lets_exactly_its_number_through(store: &dyn Realtime) {
    for per_minute in [1, 7, 600, 1_007] {
        let bucket = format!("exact {per_minute}");
        let (mut passed, mut at) = (0_u32, START);
        // A bucket, and four minutes of what flows in, asked for every 7 ms.
        while at <= START + 240_000 {
            while matches!(take(store, &[(&bucket, 1, per_minute)], at).await, RateVerdict::Allowed(_)) {
                passed += 1;
            }
            at += 7;
        }
        let last_look = u64::try_from((at - 7) - START).unwrap_or_default();
        let flowed_in = last_look * u64::from(per_minute) / 60_000;
        assert_eq!(u64::from(passed), u64::from(per_minute) + flowed_in, "{per_minute} per minute");
    }
}
