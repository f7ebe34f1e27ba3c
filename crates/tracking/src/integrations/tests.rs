//! Integrations on a real store.

use super::{IntegrationError, Integrations, MIGRATIONS, NewIntegration, Provider};
use crate::modules::ecommerce::Ecommerce;
use crate::sites::{NewSite, ROTATION_MS, SiteRegistry};
use std::sync::Arc;
use tempfile::TempDir;
use ut_core::module::Module;
use ut_core::ports::{Row, Transactional, Value};
use ut_core::site::Site;
use ut_testkit::FakeClock;
use ut_transactional::Sqlite;

const HMAC: &[u8] = b"a secret of thirty-two bytes or more";
const NOW: i64 = 1_795_000_000_000;
const GIVEN: &str = "a-secret-that-the-shop-made";

struct World {
    _dir: TempDir,
    clock: FakeClock,
    store: Arc<dyn Transactional>,
    sites: Arc<SiteRegistry>,
    site: Arc<Site>,
}

impl World {
    async fn open() -> Self {
        let dir = TempDir::new().unwrap();
        let store: Arc<dyn Transactional> =
            Arc::new(Sqlite::open(&dir.path().join("main.sqlite")).await.unwrap());
        let own = Ecommerce.schema().transactional;
        let changes: Vec<_> = crate::sites::MIGRATIONS.iter().chain(own).chain(MIGRATIONS).copied().collect();
        store.migrate(&changes).await.unwrap();
        let clock = FakeClock::at(NOW);
        let sites = SiteRegistry::load(store.clone(), Arc::new(clock.clone()), HMAC).await.unwrap();
        let domains = vec!["shop.example".to_owned()];
        let new = NewSite {
            domains,
            currency: "EUR".to_owned(),
            time_zone: "UTC".to_owned(),
            ..NewSite::default()
        };
        let site = sites.add(new).await.unwrap().site;
        Self { _dir: dir, clock, store, sites, site }
    }

    async fn integrations(&self, hmac: &[u8]) -> Arc<Integrations> {
        let clock = Arc::new(self.clock.clone());
        Integrations::load(self.store.clone(), clock, self.sites.clone(), hmac).await.unwrap()
    }

    fn secrets(&self, integrations: &Integrations, provider: Provider) -> Vec<String> {
        let found = integrations.find(self.site.id, provider).unwrap();
        let now = ut_core::Clock::now_ms(&self.clock);
        found.secrets_at(now).iter().map(|secret| secret.expose().to_owned()).collect()
    }
}

fn shopify(secret: Option<&str>) -> NewIntegration {
    let domain = Some("MyShop.myshopify.com".to_owned());
    NewIntegration { provider: Provider::Shopify, domain, secret: secret.map(str::to_owned) }
}

fn own(provider: Provider) -> NewIntegration {
    NewIntegration { provider, domain: None, secret: None }
}

#[tokio::test]
async fn secrets_are_sealed_and_two_are_valid_during_a_rotation() {
    let world = World::open().await;
    let integrations = world.integrations(HMAC).await;
    let added = integrations.add(&world.site, shopify(Some(GIVEN))).await.unwrap();
    assert_eq!((&*added.secret, &*added.integration.domain), (GIVEN, "myshop.myshopify.com"));
    assert!(!format!("{added:?} {integrations:?}").contains(GIVEN), "no secret is printed by accident");
    let stored = world.store.run(&super::store::LIST_INTEGRATIONS, &[]).await.unwrap();
    assert!(!holds(&stored, GIVEN.as_bytes()), "it is sealed at rest");
    assert_eq!(world.secrets(&integrations, Provider::Shopify), [GIVEN]);

    let next = "another-secret-of-the-shop".to_owned();
    let rotated =
        integrations.rotate(&world.site, Provider::Shopify, Some(next.clone())).await.unwrap().unwrap();
    assert_eq!(rotated.old_until_ms, NOW + ROTATION_MS);
    assert_eq!(world.secrets(&integrations, Provider::Shopify), [next.as_str(), GIVEN]);
    world.clock.advance(ROTATION_MS);
    assert_eq!(world.secrets(&integrations, Provider::Shopify), [next.as_str()]);

    let again = world.integrations(HMAC).await;
    assert_eq!(world.secrets(&again, Provider::Shopify), [next.as_str()], "a new process reads the same");
    let stranger = world.integrations(b"another HMAC_SECRET of thirty-two").await;
    assert!(world.secrets(&stranger, Provider::Shopify).is_empty(), "what does not open signs nothing");
    assert!(integrations.rotate(&world.site, Provider::Orders, None).await.unwrap().is_none());
}

fn holds(rows: &[Row], needle: &[u8]) -> bool {
    rows.iter().flatten().any(|value| match value {
        Value::Bytes(bytes) => bytes.windows(needle.len()).any(|window| window == needle),
        Value::Text(text) => text.as_bytes().windows(needle.len()).any(|window| window == needle),
        _ => false,
    })
}

#[tokio::test]
async fn a_site_is_connected_since_its_first_integration_that_is_there() {
    let world = World::open().await;
    let integrations = world.integrations(HMAC).await;
    assert_eq!(integrations.connected_since(world.site.id), None);
    let made = integrations.add(&world.site, own(Provider::Woocommerce)).await.unwrap().secret;
    assert!(made.len() > 40 && made.starts_with("whsec_"), "{made}");
    world.clock.advance(1000);
    integrations.add(&world.site, own(Provider::Orders)).await.unwrap();
    assert_eq!(integrations.connected_since(world.site.id), Some(NOW));
    assert!(integrations.remove(world.site.id, Provider::Woocommerce).await.unwrap());
    assert!(!integrations.remove(world.site.id, Provider::Woocommerce).await.unwrap());
    assert_eq!(integrations.connected_since(world.site.id), Some(NOW + 1000));
    assert!(integrations.find(world.site.id, Provider::Woocommerce).is_none());
}

#[tokio::test]
async fn what_is_wrong_is_refused_by_its_field() {
    let world = World::open().await;
    let integrations = world.integrations(HMAC).await;
    let wildcard = NewIntegration { domain: Some("*.shop.example".to_owned()), ..own(Provider::Woocommerce) };
    let named = NewIntegration { domain: Some("shop.example".to_owned()), ..own(Provider::Orders) };
    for (new, field, code) in [
        (shopify(None), "secret", "missing"),
        (shopify(Some("short")), "secret", "too_short"),
        (shopify(Some(&"x".repeat(257))), "secret", "too_long"),
        (wildcard, "domain", "not_a_domain"),
        (named, "domain", "unknown_field"),
    ] {
        let Err(IntegrationError::Refused(refusals)) = integrations.add(&world.site, new).await else {
            panic!()
        };
        assert_eq!((&*refusals[0].field, refusals[0].code), (field, code));
    }
    integrations.add(&world.site, own(Provider::Orders)).await.unwrap();
    let Err(IntegrationError::Refused(twice)) = integrations.add(&world.site, own(Provider::Orders)).await
    else {
        panic!()
    };
    assert_eq!(twice[0].code, "taken");
}
