//! Sites as an owner adds them, on a real store.

use super::{MIGRATIONS, NewSite, Refusal, SiteError, SiteRegistry, log_number, rules};
use proptest::prelude::*;
use std::path::Path;
use std::sync::Arc;
use ut_core::ports::Transactional;
use ut_core::site::Sites;
use ut_core::{LogId, SiteId};
use ut_testkit::FakeClock;
use ut_transactional::Sqlite;

const SECRET: &[u8] = b"an HMAC_SECRET of the tests, 32 bytes and more";

async fn open(folder: &Path) -> Arc<dyn Transactional> {
    let store = Sqlite::open(&folder.join("store.sqlite")).await.expect("opens");
    store.migrate(MIGRATIONS).await.expect("migrates");
    Arc::new(store)
}

async fn load(store: &Arc<dyn Transactional>) -> Arc<SiteRegistry> {
    let clock = Arc::new(FakeClock::at(1_795_000_000_000));
    SiteRegistry::load(Arc::clone(store), clock, SECRET).await.expect("loads")
}

fn shop(domains: &[&str]) -> NewSite {
    NewSite {
        domains: domains.iter().map(ToString::to_string).collect(),
        currency: "EUR".to_owned(),
        time_zone: "Europe/Berlin".to_owned(),
        session_timeout_min: NewSite::DEFAULT_SESSION_TIMEOUT_MIN,
    }
}

fn refusals(result: Result<super::AddedSite, SiteError>) -> Vec<(String, &'static str)> {
    match result {
        Err(SiteError::Refused(refusals)) => {
            refusals.into_iter().map(|Refusal { field, code, .. }| (field, code)).collect()
        }
        other => panic!("must be refused: {other:?}"),
    }
}

#[tokio::test]
async fn an_added_site_is_known_at_once_and_after_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path()).await;
    let sites = load(&store).await;
    let new = NewSite {
        currency: "usd".to_owned(),
        ..shop(&["Shop.Example", "*.shop.example", "bücher.example"])
    };
    let added = sites.add(new).await.expect("adds");
    assert_eq!(added.site.domains, ["shop.example", "*.shop.example", "xn--bcher-kva.example"]);
    assert_eq!((added.site.id, added.site.currency.as_str()), (SiteId(1), "USD"));
    assert!(added.site.key.starts_with("pk_") && added.site.key.len() >= 25, "{}", added.site.key);
    assert!(added.secret.starts_with("sk_") && added.secret.len() == 46, "32 random bytes");
    assert!(!format!("{added:?}").contains(&added.secret), "a secret is never printed by accident");
    assert_eq!(sites.add(shop(&["other.example"])).await.expect("adds").site.id, SiteId(2));

    let restarted = load(&store).await;
    for registry in [&sites, &restarted] {
        assert_eq!(registry.by_id(SiteId(1)).as_deref(), Some(&*added.site));
        assert_eq!(registry.by_key(&added.site.key).as_deref(), Some(&*added.site));
        assert_eq!(registry.by_domain("www.shop.example").map(|site| site.id), Some(SiteId(1)));
        assert_eq!(registry.by_domain("other.example").map(|site| site.id), Some(SiteId(2)));
        assert_eq!(registry.find("2").map(|site| site.id), Some(SiteId(2)));
        assert_eq!(registry.find("SHOP.example").map(|site| site.id), Some(SiteId(1)));
        assert_eq!(registry.list().len(), 2);
        assert!(registry.by_domain("shop.example.evil").is_none() && registry.by_key("pk_").is_none());
    }
}

#[tokio::test]
async fn a_secret_opens_with_its_key_only_and_is_nowhere_in_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path()).await;
    let sites = load(&store).await;
    let added = sites.add(shop(&["shop.example"])).await.expect("adds");
    assert_eq!(sites.secret(SiteId(1)).await.expect("opens"), Some(added.secret.clone()));
    assert_eq!(sites.secret(SiteId(9)).await.expect("no such site"), None);

    let clock = Arc::new(FakeClock::at(0));
    let stranger = SiteRegistry::load(Arc::clone(&store), clock, b"another secret").await.expect("loads");
    assert!(matches!(stranger.secret(SiteId(1)).await, Err(SiteError::Sealed { site: 1 })));

    for file in std::fs::read_dir(folder.path()).expect("lists") {
        let bytes = std::fs::read(file.expect("a file").path()).expect("reads");
        assert!(!bytes.windows(added.secret.len()).any(|window| window == added.secret.as_bytes()));
    }
}

#[tokio::test]
async fn every_wrong_field_is_named_and_nothing_is_stored() {
    let folder = tempfile::tempdir().expect("a folder");
    let sites = load(&open(folder.path()).await).await;
    let wrong = NewSite {
        domains: vec![
            "ok.example".into(),
            "https://shop.example/".into(),
            "OK.example".into(),
            "a..b".into(),
        ],
        currency: "EUO".to_owned(),
        time_zone: "Europe/Atlantis".to_owned(),
        session_timeout_min: 4,
    };
    let expected = [
        ("domains[1]", "not_a_domain"),
        ("domains[2]", "duplicate"),
        ("domains[3]", "not_a_domain"),
        ("currency", "unknown_currency"),
        ("timezone", "unknown_timezone"),
        ("session_timeout_min", "out_of_range"),
    ];
    assert_eq!(refusals(sites.add(wrong).await), expected.map(|(field, code)| (field.to_owned(), code)));
    assert_eq!(refusals(sites.add(shop(&[])).await), [("domains".to_owned(), "out_of_range")]);
    assert!(sites.list().is_empty());
}

#[tokio::test]
async fn a_domain_belongs_to_one_site_also_when_another_process_was_faster() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path()).await;
    let (here, there) = (load(&store).await, load(&store).await);
    there.add(shop(&["shop.example"])).await.expect("adds");
    let late = here.add(shop(&["new.example", "shop.example"])).await;
    assert_eq!(refusals(late), [("domains".to_owned(), "taken")]);
    let known = here.add(shop(&["new.example", "shop.example"])).await;
    assert_eq!(refusals(known), [("domains[1]".to_owned(), "taken")]);
    let message = here.add(shop(&["shop.example"])).await.expect_err("taken").to_string();
    assert_eq!(message, "domains[0]: `shop.example` belongs to site 1 already");
    // The refused site left nothing behind: its other domain is free.
    assert_eq!(here.add(shop(&["new.example"])).await.expect("adds").site.id, SiteId(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn sites_added_at_once_get_numbers_of_their_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path()).await;
    let sites = load(&store).await;
    let mut adding = tokio::task::JoinSet::new();
    for number in 0..12 {
        let sites = Arc::clone(&sites);
        adding.spawn(async move {
            sites.add(shop(&[&format!("shop{number}.example")])).await.expect("adds").site.id
        });
    }
    let mut ids: Vec<u32> = adding.join_all().await.into_iter().map(|id| id.0).collect();
    ids.sort_unstable();
    assert_eq!(ids, (1..=12).collect::<Vec<_>>());
    assert_eq!(sites.list().len(), 12, "no reload overwrote a newer one");
}

#[tokio::test]
async fn a_log_has_one_number() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path()).await;
    for (log, number) in [(7, 1), (u128::MAX, 2), (7, 1), (8, 3), (u128::MAX, 2)] {
        assert_eq!(log_number(store.as_ref(), LogId(log)).await.expect("numbers"), number);
    }
}

#[test]
fn domains_are_what_a_url_parser_says_a_host_is() {
    let good = [
        ("shop.example", "shop.example"),
        (" Shop.EXAMPLE. ", "shop.example"),
        ("*.Shop.example", "*.shop.example"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("[::1]", "[::1]"),
        ("straße.example", "xn--strae-oqa.example"),
    ];
    for (text, domain) in good {
        assert_eq!(rules::domain(text).as_deref(), Ok(domain), "{text}");
    }
    let long = format!("{}.example", "a".repeat(64));
    let bad = [
        "",
        " ",
        "*",
        "*.",
        "*.com",
        "*.co.uk",
        "*.127.0.0.1",
        "shop.example:8080",
        "https://shop.example",
        "a b.example",
        "shop.example/x",
        "me@shop.example",
        ".shop.example",
        "shop..example",
        "-a.example",
        "a-.example",
        "*.*.example",
        "shop.*.example",
        "1.2.3.4.5",
        &long,
    ];
    for text in bad {
        assert!(rules::domain(text).is_err(), "{text:?}");
    }
}

proptest! {
    /// What was accepted once is accepted again unchanged: a stored domain never turns into another one.
    #[test]
    fn a_checked_domain_stays_as_it_is(text in r"(\*\.)?[a-zA-Z0-9ü.\-_]{1,40}") {
        if let Ok(domain) = rules::domain(&text) {
            prop_assert_eq!(rules::domain(&domain), Ok(domain.clone()));
            prop_assert_eq!(domain.to_lowercase(), domain);
        }
    }
}
