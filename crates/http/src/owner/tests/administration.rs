//! Sites and tokens.

use super::world::{SECOND, delete_, get_, post_, world};
use serde_json::{Value, json};
use ut_core::site::Sites;
use ut_tracking::accounts::Scope;

fn shop(domain: &str) -> Value {
    json!({ "domain": domain, "currency": "EUR", "timezone": "Europe/Berlin" })
}

#[tokio::test]
async fn the_owner_adds_a_site() {
    let world = world().await;
    let session = world.signed_in().await;
    let added = world.ask(post_("/api/v1/sites", shop("Shop.example")).sent_by_dashboard(&session)).await;
    assert_eq!(added.status, 201);
    let added = added.json();
    assert_eq!((&added["id"], &added["domain"]), (&json!(1), &json!("shop.example")));
    let key = added["key"].as_str().unwrap();
    assert!(world.state.sites.by_key(key).is_some(), "known to the door at once");
    assert!(added["secret"].as_str().unwrap().starts_with("sk_"));

    let without_csrf = post_("/api/v1/sites", shop("other.example")).with("cookie", &session.0);
    assert_eq!(world.ask(without_csrf).await.problem().0, 403);
    let several = json!({ "domains": ["a.example", "*.a.example"], "currency": "CHF", "timezone": "UTC",
        "session_timeout_min": 5 });
    let added = world.ask(post_("/api/v1/sites", several).sent_by_dashboard(&session)).await;
    assert_eq!((added.status.as_u16(), &added.json()["domain"]), (201, &json!("a.example")));
}

#[tokio::test]
async fn a_refused_site_names_its_fields() {
    let world = world().await;
    let session = world.signed_in().await;
    world.site("shop.example").await;
    let fields = async |body| {
        let refused = world.ask(post_("/api/v1/sites", body).sent_by_dashboard(&session)).await;
        assert_eq!(refused.problem(), (422, "invalid_input".to_owned()));
        let errors = refused.json()["errors"].as_array().unwrap().clone();
        errors.iter().map(|error| error["field"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(fields(shop("shop.example")).await, ["domains[0]"]);
    assert_eq!(fields(json!({})).await, ["domains", "currency", "timezone"]);
    let misspelt =
        world.ask(post_("/api/v1/sites", json!({ "domian": "a.example" })).sent_by_dashboard(&session)).await;
    assert!(misspelt.json()["detail"].as_str().unwrap().contains("domian"), "{misspelt:?}");
}

#[tokio::test]
async fn an_admin_token_adds_sites_and_a_read_token_does_not() {
    let world = world().await;
    let site = world.site("shop.example").await;
    let (read, admin) = (world.token(site, Scope::Read).await, world.token(site, Scope::Admin).await);
    let refused = world.ask(post_("/api/v1/sites", shop("new.example")).with("authorization", &read)).await;
    assert_eq!(refused.problem(), (403, "scope".to_owned()));
    let added = world.ask(post_("/api/v1/sites", shop("new.example")).with("authorization", &admin)).await;
    assert_eq!(added.status, 201, "a program sends no cookie, so it needs no CSRF token");
}

#[tokio::test]
async fn tokens_are_made_listed_and_removed() {
    let world = world().await;
    let session = world.signed_in().await;
    let site = world.site("shop.example").await;
    let make = |body| post_("/api/v1/tokens", body).sent_by_dashboard(&session);
    let made = world.ask(make(json!({ "site": site.0, "scope": "read" }))).await;
    assert_eq!(made.status, 201);
    let word = made.json()["token"].as_str().unwrap().to_owned();
    let token = format!("Bearer {word}");
    assert_eq!(world.ask(get_("/api/v1/probe/1").with("authorization", &token)).await.status, 200);
    assert_eq!(world.ask(make(json!({ "site": "shop.example", "scope": "admin" }))).await.status, 201);

    let listed = world.ask(get_("/api/v1/tokens").with("cookie", &session.0)).await;
    assert!(!listed.text.contains(&word), "shown once only");
    let listed = listed.json()["tokens"].as_array().unwrap().clone();
    let scopes: Vec<_> = listed.iter().map(|token| token["scope"].as_str().unwrap()).collect();
    assert_eq!(scopes.len(), 2);
    let first = listed.iter().find(|token| token["scope"] == "read").unwrap();
    assert!(word.starts_with(first["hint"].as_str().unwrap()));

    let path = format!("/api/v1/tokens/{}", first["id"].as_str().unwrap());
    assert_eq!(world.ask(delete_(&path).with("cookie", &session.0)).await.problem().0, 403, "needs CSRF");
    assert_eq!(world.ask(delete_(&path).sent_by_dashboard(&session)).await.status, 204);
    assert_eq!(
        world.ask(delete_(&path).sent_by_dashboard(&session)).await.problem(),
        (404, "unknown_token".to_owned())
    );
    assert_eq!(world.ask(get_("/api/v1/probe/1").with("authorization", &token)).await.status, 401);

    for (body, field) in [
        (json!({ "site": 99, "scope": "read" }), "site"),
        (json!({ "site": "nowhere.example", "scope": "read" }), "site"),
        (json!({ "site": 1, "scope": "write" }), "scope"),
    ] {
        let refused = world.ask(make(body)).await;
        assert_eq!(refused.json()["errors"][0]["field"], field, "{refused:?}");
    }
}

#[tokio::test]
async fn an_admin_token_administers_its_own_site_only() {
    let world = world().await;
    let (own, other) = (world.site("shop.example").await, world.site("other.example").await);
    let admin = world.token(own, Scope::Admin).await;
    world.token(other, Scope::Read).await;
    let foreign = world
        .state
        .accounts
        .list_tokens()
        .await
        .unwrap()
        .into_iter()
        .find(|token| token.site == other)
        .unwrap();

    let listed = world.ask(get_("/api/v1/tokens").with("authorization", &admin)).await.json();
    assert_eq!(listed["tokens"].as_array().unwrap().len(), 1);
    let make = |site: u32| {
        post_("/api/v1/tokens", json!({ "site": site, "scope": "read" })).with("authorization", &admin)
    };
    assert_eq!(world.ask(make(own.0)).await.status, 201);
    let [foreign_site, no_site] = [world.ask(make(other.0)).await, world.ask(make(99)).await];
    assert_eq!(foreign_site.problem(), (403, "another_site".to_owned()));
    assert_eq!(foreign_site.text, no_site.text, "what is not its own and what is not there");
    let path = format!("/api/v1/tokens/{}", foreign.id);
    assert_eq!(world.ask(delete_(&path).with("authorization", &admin)).await.problem().0, 404);
}

#[tokio::test]
async fn a_site_is_shown_and_changed_by_those_who_may() {
    let world = world().await;
    let (own, other) = (world.site("shop.example").await, world.site("other.example").await);
    let (read, admin) = (world.token(own, Scope::Read).await, world.token(own, Scope::Admin).await);
    let patch = |path, body| post_(path, body).method("PATCH").with("authorization", &admin);
    let change = json!({ "timezone": "Asia/Tokyo", "excluded_networks": ["203.0.113.0/24"], "url_params": ["size"],
        "channel_rules": [{ "field": "medium", "op": "contains", "value": "post", "channel": "Email" }] });
    let changed = world.ask(patch("/api/v1/sites/1", change)).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    let changed = changed.json();
    assert_eq!((&changed["timezone"], &changed["currency"]), (&json!("Asia/Tokyo"), &json!("EUR")));
    assert_eq!(changed["excluded_networks"], json!(["203.0.113.0/24"]));
    assert!(
        world.state.sites.by_id(own).unwrap().excludes_address("203.0.113.9".parse().unwrap()),
        "at once"
    );
    let emptied =
        world.ask(patch("/api/v1/sites/shop.example", json!({ "excluded_networks": [] }))).await.json();
    assert_eq!((&emptied["excluded_networks"], &emptied["url_params"]), (&json!([]), &json!(["size"])));

    let shown = world.ask(get_("/api/v1/sites/1").with("authorization", &read)).await.json();
    assert_eq!(shown, emptied, "a reader sees what an administrator left");
    let body = json!({ "currency": "CHF" });
    let by_reader = post_("/api/v1/sites/1", body.clone()).method("PATCH").with("authorization", &read);
    assert_eq!(world.ask(by_reader).await.problem(), (403, "scope".to_owned()));
    let foreign = format!("/api/v1/sites/{}", other.0);
    assert_eq!(world.ask(patch(&foreign, body.clone())).await.problem(), (403, "another_site".to_owned()));
    let listed = world.ask(get_(&foreign).with("authorization", &read)).await;
    assert_eq!(listed.problem(), (403, "another_site".to_owned()));
    for name in ["99", "nowhere.example"] {
        let path = format!("/api/v1/sites/{name}");
        let by_admin = post_(&path, body.clone()).method("PATCH").with("authorization", &admin);
        let missing = world.ask(by_admin).await;
        let foreign = world.ask(patch(&foreign, body.clone())).await;
        assert_eq!(missing.text, foreign.text, "a token is not told which sites there are");
    }
    let session = world.signed_in().await;
    let by_owner = get_("/api/v1/sites/99").with("cookie", &session.0);
    assert_eq!(world.ask(by_owner).await.problem(), (404, "unknown_site".to_owned()));
    let unsigned = world.ask(post_("/api/v1/sites/1", body).method("PATCH")).await;
    assert_eq!(unsigned.problem().0, 401);
}

#[tokio::test]
async fn every_wrong_setting_of_a_site_is_named() {
    let world = world().await;
    let site = world.site("shop.example").await;
    let admin = world.token(site, Scope::Admin).await;
    let fields = async |body: Value| {
        let ask = post_("/api/v1/sites/1", body).method("PATCH").with("authorization", &admin);
        let refused = world.ask(ask).await;
        assert_eq!(refused.problem(), (422, "invalid_input".to_owned()));
        let errors = refused.json()["errors"].as_array().unwrap().clone();
        errors.iter().map(|error| error["field"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let wrong =
        json!({ "currency": "EUO", "excluded_networks": ["office"], "gateways": ["ok.example", "?"] });
    assert_eq!(fields(wrong).await, ["currency", "excluded_networks[0]", "gateways[1]"]);
    assert_eq!(fields(json!({ "gateway": [] })).await, ["gateway"]);
    assert_eq!(fields(json!({ "session_timeout_min": "30" })).await, ["session_timeout_min"]);
    let rule = json!([{ "field": "keyword", "op": "is", "value": "x", "channel": "y" }]);
    assert_eq!(fields(json!({ "channel_rules": rule })).await, ["channel_rules[0].field"]);
    assert_eq!(world.state.sites.by_id(site).unwrap().currency.as_str(), "EUR");
}

#[tokio::test]
async fn a_secret_is_rotated_and_both_are_valid_for_a_day() {
    let world = world().await;
    let site = world.site("shop.example").await;
    let admin = world.token(site, Scope::Admin).await;
    let before = world.state.sites.secrets(site);
    let rotate = || post_("/api/v1/sites/1/secret", json!({})).with("authorization", &admin);
    let rotated = world.ask(rotate()).await;
    assert_eq!(rotated.status, 201, "{rotated:?}");
    let secret = rotated.json()["secret"].as_str().unwrap().to_owned();
    let valid = world.state.sites.secrets(site);
    assert_eq!((valid[0].expose(), &valid[1]), (secret.as_str(), &before[0]));
    world.clock.advance(24 * 3600 * SECOND);
    assert_eq!(world.state.sites.secrets(site).len(), 1);
    let read = world.token(site, Scope::Read).await;
    let refused = world.ask(post_("/api/v1/sites/1/secret", json!({})).with("authorization", &read)).await;
    assert_eq!(refused.problem(), (403, "scope".to_owned()));
}
