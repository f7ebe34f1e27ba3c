//! Sites as an owner adds them, on a real store.

use super::secrets::MAX_OLD_SECRETS;
use super::{
    MIGRATIONS, NewSite, ROTATION_MS, Refusal, SiteChange, SiteError, SiteRegistry, log_number, rules,
};
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

fn words(sites: &SiteRegistry, site: u32) -> Vec<String> {
    sites.secrets(SiteId(site)).iter().map(|secret| secret.expose().to_owned()).collect()
}

fn refusals<T: std::fmt::Debug>(result: Result<T, SiteError>) -> Vec<(String, &'static str)> {
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
    assert_eq!(words(&sites, 1), std::slice::from_ref(&added.secret));
    assert!(words(&sites, 9).is_empty(), "no such site");

    let clock = Arc::new(FakeClock::at(0));
    let stranger = SiteRegistry::load(Arc::clone(&store), clock, b"another secret").await.expect("loads");
    assert!(words(&stranger, 1).is_empty(), "sealed with another HMAC_SECRET");
    assert!(stranger.by_id(SiteId(1)).is_some(), "its pages go on sending");

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

#[tokio::test]
async fn the_secret_before_a_rotation_is_valid_for_a_day() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path()).await;
    let clock = FakeClock::at(1_795_000_000_000);
    let load = async || {
        SiteRegistry::load(Arc::clone(&store), Arc::new(clock.clone()), SECRET).await.expect("loads")
    };
    let sites = load().await;
    let first = sites.add(shop(&["shop.example"])).await.expect("adds").secret;
    let second = sites.rotate_secret(SiteId(1)).await.expect("rotates").expect("is there");
    assert_eq!(second.old_until_ms, 1_795_000_000_000 + ROTATION_MS);
    for registry in [&sites, &load().await] {
        assert_eq!(words(registry, 1), [second.secret.clone(), first.clone()]);
        assert!(!format!("{second:?} {:?}", registry.secrets(SiteId(1))).contains("sk_"), "never printed");
    }
    clock.advance(ROTATION_MS - 1);
    let third = sites.rotate_secret(SiteId(1)).await.expect("rotates").expect("is there").secret;
    assert_eq!(words(&sites, 1), [third.clone(), second.secret.clone(), first], "each for its own day");
    clock.advance(1);
    assert_eq!(words(&sites, 1), [third.clone(), second.secret.clone()]);
    clock.advance(ROTATION_MS);
    assert_eq!(words(&sites, 1), [third]);
    assert!(sites.rotate_secret(SiteId(9)).await.expect("answers").is_none());
}

#[tokio::test]
async fn a_rotation_that_would_void_a_secret_early_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path()).await;
    let clock = FakeClock::at(1_795_000_000_000);
    let sites = SiteRegistry::load(Arc::clone(&store), Arc::new(clock.clone()), SECRET).await.expect("loads");
    let mut valid = vec![sites.add(shop(&["shop.example"])).await.expect("adds").secret];
    for _ in 0..MAX_OLD_SECRETS {
        clock.advance(1_000);
        valid.insert(0, sites.rotate_secret(SiteId(1)).await.expect("rotates").expect("is there").secret);
    }
    assert_eq!(words(&sites, 1), valid);
    let refused = sites.rotate_secret(SiteId(1)).await;
    let wait = ROTATION_MS - 1_000 * (MAX_OLD_SECRETS as i64 - 1);
    assert!(
        matches!(refused, Err(SiteError::TooManyRotations { again_in_ms }) if again_in_ms == wait),
        "{refused:?}"
    );
    assert_eq!(words(&sites, 1), valid, "nothing was changed");
    clock.advance(wait);
    valid.pop();
    valid.insert(0, sites.rotate_secret(SiteId(1)).await.expect("rotates").expect("is there").secret);
    assert_eq!(words(&sites, 1), valid);
}

#[tokio::test]
async fn a_change_is_known_at_once_and_leaves_the_rest_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path()).await;
    let sites = load(&store).await;
    sites.add(shop(&["shop.example", "old.example"])).await.expect("adds");
    let change: SiteChange = serde_json::from_value(serde_json::json!({
        "excluded_networks": ["203.0.113.9", "10.1.2.3/8", "203.0.113.9/32"],
        "excluded_paths": ["/büro", "*.pdf"],
        "staging_hostnames": ["Staging.shop.example"],
        "page_templates": ["/büro/*", "/**", "/*-p-*.html"],
        "channel_rules": [{ "field": "source", "op": "is", "value": "Newsletter", "channel": "Email" }],
    }))
    .expect("a change");
    sites.change(SiteId(1), &change).await.expect("changes").expect("is there");
    let further = SiteChange {
        domains: Some(vec!["shop.example".into(), "new.example".into()]),
        url_params: Some(vec!["size".into()]),
        ..SiteChange::default()
    };
    sites.change(SiteId(1), &further).await.expect("changes");
    for registry in [&sites, &load(&store).await] {
        let site = registry.by_id(SiteId(1)).expect("is there");
        let networks: Vec<_> = site.settings.excluded_networks.iter().map(ToString::to_string).collect();
        assert_eq!(networks, ["203.0.113.9/32", "10.0.0.0/8"], "once each, without host bits");
        assert_eq!(site.settings.excluded_paths, ["/b%C3%BCro", "*.pdf"]);
        assert_eq!(site.settings.staging_hostnames, ["staging.shop.example"]);
        assert_eq!(site.settings.page_templates, ["/b%C3%BCro/*", "/**", "/*-p-*.html"]);
        assert_eq!(site.settings.channel_rules[0].value, "newsletter");
        assert_eq!(site.domains, ["shop.example", "new.example"]);
        assert_eq!((site.currency.as_str(), site.settings.url_params.len()), ("EUR", 1));
        assert!(registry.by_domain("old.example").is_none());
    }
    assert!(sites.change(SiteId(9), &further).await.expect("answers").is_none());
    sites.add(shop(&["old.example"])).await.expect("the domain is free again");
}

#[tokio::test]
async fn every_wrong_setting_is_named_and_nothing_is_changed() {
    let folder = tempfile::tempdir().expect("a folder");
    let sites = load(&open(folder.path()).await).await;
    sites.add(shop(&["shop.example"])).await.expect("adds");
    sites.add(shop(&["other.example"])).await.expect("adds");
    let before = sites.by_id(SiteId(1));
    let change: SiteChange = serde_json::from_value(serde_json::json!({
        "domains": ["other.example"],
        "timezone": "Mars/Base",
        "session_timeout_min": 121,
        "excluded_networks": ["10.0.0.0/8", "office", "0.0.0.0/0"],
        "excluded_paths": ["admin", "/*", "/a?b=1"],
        "excluded_hostnames": ["https://x.example"],
        "staging_hostnames": ["*.com"],
        "gateways": ["pay.example", "a b"],
        "url_params": ["size", "", "a=b"],
        "channel_rules": [{ "field": "source", "op": "contains", "value": " ", "channel": "Email" }],
        "page_templates": ["/p/*", "p/*", "/p/**/x", "/p?x", format!("/{}", "p".repeat(256))],
    }))
    .expect("a change");
    let expected = [
        ("domains[0]", "taken"),
        ("timezone", "unknown_timezone"),
        ("session_timeout_min", "out_of_range"),
        ("excluded_networks[1]", "not_a_network"),
        ("excluded_networks[2]", "out_of_range"),
        ("excluded_paths[0]", "not_a_path"),
        ("excluded_paths[1]", "out_of_range"),
        ("excluded_paths[2]", "not_a_path"),
        ("excluded_hostnames[0]", "not_a_domain"),
        ("staging_hostnames[0]", "not_a_domain"),
        ("gateways[1]", "not_a_domain"),
        ("url_params[1]", "invalid_key"),
        ("url_params[2]", "invalid_key"),
        ("channel_rules[0]", "out_of_range"),
        ("page_templates[1]", "not_a_path"),
        ("page_templates[2]", "not_a_path"),
        ("page_templates[3]", "not_a_path"),
        ("page_templates[4]", "too_long"),
    ];
    let refused = refusals(sites.change(SiteId(1), &change).await);
    assert_eq!(refused, expected.map(|(field, code)| (field.to_owned(), code)));
    assert_eq!(sites.by_id(SiteId(1)), before);
    let long = SiteChange { gateways: Some(vec!["a.example".into(); 101]), ..SiteChange::default() };
    assert_eq!(refusals(sites.change(SiteId(1), &long).await), [("gateways".to_owned(), "out_of_range")]);
}

#[tokio::test]
async fn a_changed_zone_is_remembered_until_its_sums_are_rebuilt() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path()).await;
    let sites = load(&store).await;
    sites.add(shop(&["shop.example"])).await.expect("adds");
    let to = async |zone: &str| {
        let change = SiteChange { time_zone: Some(zone.to_owned()), ..SiteChange::default() };
        sites.change(SiteId(1), &change).await.expect("changes").expect("is there").time_zone.clone()
    };
    to("Europe/Berlin").await;
    assert!(sites.to_be_summed_anew().is_empty(), "it had that zone");
    let tokyo = to("Asia/Tokyo").await;
    assert_eq!(load(&store).await.to_be_summed_anew(), [SiteId(1)], "after a restart too");
    let utc = to("UTC").await;
    assert_eq!(sites.to_be_summed_anew(), [SiteId(1)]);
    sites.summed_anew(SiteId(1), &tokyo).await.expect("notes");
    assert_eq!(sites.to_be_summed_anew().len(), 1, "they were rebuilt for a zone that is past");
    sites.summed_anew(SiteId(1), &utc).await.expect("notes");
    assert!(sites.to_be_summed_anew().is_empty() && load(&store).await.to_be_summed_anew().is_empty());
}

#[tokio::test]
async fn sums_from_before_events_were_summed_are_made_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Sqlite::open(&folder.path().join("store.sqlite")).await.expect("opens");
    let before: Vec<_> = MIGRATIONS.iter().copied().filter(|one| one.name != "sum_events_anew").collect();
    store.migrate(&before).await.expect("migrates");
    let store: Arc<dyn Transactional> = Arc::new(store);
    load(&store).await.add(shop(&["shop.example"])).await.expect("adds");
    assert!(load(&store).await.to_be_summed_anew().is_empty());
    store.migrate(MIGRATIONS).await.expect("migrates");
    assert_eq!(load(&store).await.to_be_summed_anew(), [SiteId(1)]);
}
