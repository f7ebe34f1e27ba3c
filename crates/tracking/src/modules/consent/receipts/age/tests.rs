//! Chains without their beginning.

use super::super::tests::{ANNA, NOW, Place, SITE, receipt};
use crate::retention::Ages;
use ut_core::SiteId;

#[tokio::test]
async fn a_chain_whose_oldest_receipts_are_gone_is_whole_from_the_next_one_on() {
    let place = Place::with_receipts().await;
    assert_eq!(place.receipts.oldest(SITE).await, Ok(Some(NOW + 1)));
    assert_eq!(place.receipts.remove_before(SITE, NOW + 1).await, Ok(0), "none is older");
    let before = place.receipts.verify(SITE).await.expect("whole");
    assert_eq!((before.first, before.receipts), (1, 6));

    assert_eq!(place.receipts.remove_before(SITE, NOW + 4).await, Ok(3));
    let listed = place.receipts.list(SITE, 100, None).await.expect("lists");
    assert_eq!(listed.iter().map(|receipt| receipt.number).collect::<Vec<_>>(), [6, 5, 4]);
    let whole = place.receipts.verify(SITE).await.expect("whole");
    assert_eq!((whole.first, whole.receipts, whole.head), (4, 3, before.head), "the end is what it was");
    assert_eq!(place.receipts.first(SITE).await.expect("known"), 4);
    assert_eq!(place.receipts.oldest(SITE).await, Ok(Some(NOW + 4)));
    assert_eq!(place.receipts.verify(SiteId(2)).await.expect("whole").first, 1, "another site's stay");

    assert_eq!(place.receipts.remove_before(SITE, NOW + 4).await, Ok(0), "repeating takes no more");
    assert_eq!(place.receipts.remove_before(SITE, NOW + 6).await, Ok(2));
    place.receipts.append(&receipt(SITE, Some(ANNA), 7)).await.expect("appends");
    let whole = place.receipts.verify(SITE).await.expect("whole");
    assert_eq!((whole.first, whole.receipts), (6, 2));
}

#[tokio::test]
async fn a_chain_that_lost_all_its_receipts_goes_on_with_the_next_number() {
    let place = Place::with_receipts().await;
    assert_eq!(place.receipts.remove_before(SITE, NOW + 100).await, Ok(6));
    assert_eq!(place.receipts.oldest(SITE).await, Ok(None));
    let whole = place.receipts.verify(SITE).await.expect("whole");
    assert_eq!((whole.first, whole.receipts), (7, 0));
    place.receipts.append(&receipt(SITE, None, 7)).await.expect("appends");
    let listed = place.receipts.list(SITE, 100, None).await.expect("lists");
    assert_eq!(listed.iter().map(|receipt| receipt.number).collect::<Vec<_>>(), [7]);
    assert_eq!(place.receipts.verify(SITE).await.expect("whole").receipts, 1);
}

/// A choice may be told late: receipts behind one that is kept are kept, however old.
#[tokio::test]
async fn only_the_beginning_of_a_chain_goes() {
    let place = Place::with_receipts().await;
    place.receipts.append(&receipt(SiteId(2), None, -10)).await.expect("appends");
    assert_eq!(place.receipts.remove_before(SiteId(2), NOW + 2).await, Ok(1), "number 3 is behind number 2");
    assert_eq!(place.receipts.verify(SiteId(2)).await.expect("whole").receipts, 2);
}

#[tokio::test]
async fn who_takes_out_more_than_what_is_noted_is_found() {
    for (sql, named) in [
        ("delete from consent_receipts where site = 1 and number = 4", 4),
        ("update consent_chain_starts set number = 4 where site = 1", 4),
        ("update consent_chain_starts set number = 2 where site = 1", 3),
        ("update consent_chain_starts set hash = zeroblob(32) where site = 1", 4),
        ("update consent_chain_starts set hash = 'x' where site = 1", 1),
        ("delete from consent_chain_starts where site = 1", 1),
    ] {
        let place = Place::with_receipts().await;
        assert_eq!(place.receipts.remove_before(SITE, NOW + 4).await, Ok(3));
        place.run(sql, &[]).await;
        assert_eq!(place.broken().await, [named], "{sql}");
    }
}

/// Whoever checks while the beginning goes sees a whole chain.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_check_while_the_beginning_goes_finds_nothing_broken() {
    let place = Place::new().await;
    for number in 1..=1200 {
        place.receipts.append(&receipt(SITE, None, number)).await.expect("appends");
    }
    let receipts = place.receipts.clone();
    let mut going = tokio::task::JoinSet::new();
    going.spawn(async move {
        for number in (1..=1200).step_by(50) {
            receipts.remove_before(SITE, NOW + number).await.expect("goes");
        }
    });
    while !going.is_empty() {
        place.receipts.verify(SITE).await.expect("whole at every moment");
        if let Some(done) = going.try_join_next() {
            done.expect("no panic");
        }
    }
    assert_eq!(place.receipts.verify(SITE).await.expect("whole").first, 1151);
}
