//! Who may do what: the extractors as other folders use them.

use super::world::{get_, post_, settings, world, world_with};
use serde_json::json;
use ut_tracking::accounts::Scope;

#[tokio::test]
async fn nobody_reads_without_showing_something() {
    let world = world().await;
    world.owner().await;
    let site = world.site("shop.example").await;
    world.token(site, Scope::Read).await;
    for path in ["/api/v1/probe/1", "/api/v1/me", "/api/v1/sites", "/api/v1/tokens"] {
        let refused = world.ask(get_(path)).await;
        assert_eq!(refused.problem(), (401, "not_signed_in".to_owned()), "{path}");
        assert_eq!(refused.header("www-authenticate"), "Bearer");
        for wrong in ["Bearer ut_wrong", "Bearer", "Bearer ", "Basic b3duZXI6cGFzc3dvcmQ=", "ut_wrong"] {
            let refused = world.ask(get_(path).with("authorization", wrong)).await;
            assert_eq!(refused.problem(), (401, "unknown_token".to_owned()), "{path} {wrong}");
        }
        let forged = "ut_session=eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1c3JfMSJ9.";
        assert_eq!(world.ask(get_(path).with("cookie", forged)).await.status, 401, "{path}");
    }
}

#[tokio::test]
async fn a_token_reads_its_own_site_only() {
    let world = world().await;
    let (own, other) = (world.site("shop.example").await, world.site("other.example").await);
    for scope in [Scope::Read, Scope::Admin] {
        let token = world.token(own, scope).await;
        let ask = |site: u32| (format!("/api/v1/probe/{site}"), token.clone());
        for (site, status) in [(own.0, 200), (other.0, 403), (99, 403)] {
            let (path, token) = ask(site);
            let answer = world.ask(get_(&path).with("authorization", &token)).await;
            assert_eq!(answer.status, status, "site {site}");
            assert_eq!(world.ask(post_(&path, json!({})).with("authorization", &token)).await.status, status);
        }
        let sites = world.ask(get_("/api/v1/sites").with("authorization", &token)).await.json();
        assert_eq!(sites["sites"].as_array().unwrap().len(), 1);
        assert_eq!(sites["sites"][0]["id"], own.0);
    }
}

#[tokio::test]
async fn the_owner_reads_every_site() {
    let world = world().await;
    let session = world.signed_in().await;
    for domain in ["shop.example", "other.example"] {
        let path = format!("/api/v1/probe/{}", world.site(domain).await.0);
        assert_eq!(world.ask(get_(&path).with("cookie", &session.0)).await.status, 200);
    }
    let sites = world.ask(get_("/api/v1/sites").with("cookie", &session.0)).await.json();
    let shop = &sites["sites"][0];
    assert_eq!(shop["domain"], "shop.example");
    assert_eq!((&shop["timezone"], &shop["currency"]), (&json!("Europe/Berlin"), &json!("EUR")));
    assert!(shop["key"].as_str().unwrap().starts_with("pk_") && shop.get("secret").is_none());
}

#[tokio::test]
async fn some_pages_tell_the_known_more() {
    let world = world().await;
    let session = world.signed_in().await;
    let site = world.site("shop.example").await;
    let token = world.token(site, Scope::Read).await;
    let known = async |ask| world.ask(ask).await.text;
    assert_eq!(known(get_("/api/v1/known")).await, "false");
    assert_eq!(known(get_("/api/v1/known").with("authorization", "Bearer ut_wrong")).await, "false");
    assert_eq!(known(get_("/api/v1/known").with("authorization", &token)).await, "true");
    assert_eq!(known(get_("/api/v1/known").with("cookie", &session.0)).await, "true");
}

#[tokio::test]
async fn a_change_by_cookie_needs_our_page_and_its_token() {
    let world = world().await;
    let session = world.signed_in().await;
    let change = || post_("/api/v1/change", json!({})).with("cookie", &session.0);
    let own = ("origin", "http://127.0.0.1:3000");
    let csrf = ("x-csrf-token", session.1.as_str());
    let refused = [
        vec![],
        vec![own],
        vec![csrf],
        vec![own, ("x-csrf-token", "")],
        vec![own, ("x-csrf-token", &session.1[1..])],
        vec![("origin", "https://evil.example"), csrf],
        vec![("origin", "null"), csrf],
        vec![("origin", "http://127.0.0.1:3001"), csrf],
        vec![own, ("sec-fetch-site", "cross-site"), csrf],
        vec![("sec-fetch-site", "same-site"), csrf],
        vec![("sec-fetch-site", "none"), csrf],
    ];
    for headers in refused {
        let ask = headers.iter().fold(change(), |ask, (name, value)| ask.with(name, value));
        assert_eq!(world.ask(ask).await.problem(), (403, "csrf".to_owned()), "{headers:?}");
    }
    for headers in [vec![own, csrf], vec![("sec-fetch-site", "same-origin"), csrf]] {
        let ask = headers.iter().fold(change(), |ask, (name, value)| ask.with(name, value));
        assert_eq!(world.ask(ask).await.text, "changed", "{headers:?}");
    }
    let reading = world.ask(get_("/api/v1/change").with("cookie", &session.0)).await;
    assert_eq!(reading.status, 200, "a GET changes nothing and needs neither");
}

#[tokio::test]
async fn another_sessions_csrf_token_does_not_do() {
    let world = world().await;
    let session = world.signed_in().await;
    let user =
        world.state.accounts.session(session.0.split_once('=').unwrap().1).await.unwrap().unwrap().user;
    let other = world.state.accounts.open_session(&user).unwrap().claims.csrf;
    let mixed = (session.0, other);
    let refused = world.ask(post_("/api/v1/change", json!({})).sent_by_dashboard(&mixed)).await;
    assert_eq!(refused.problem(), (403, "csrf".to_owned()));
}

#[tokio::test]
async fn behind_a_public_url_its_origin_is_ours() {
    let world = world_with(settings("https://stats.shop.example")).await;
    let session = world.signed_in().await;
    let change = |origin| {
        let ask = post_("/api/v1/change", json!({})).with("host", "stats.shop.example");
        ask.with("cookie", &session.0).with("x-csrf-token", &session.1).with("origin", origin)
    };
    assert_eq!(world.ask(change("https://stats.shop.example")).await.status, 200);
    for foreign in
        ["http://stats.shop.example", "https://shop.example", "https://stats.shop.example.evil.example"]
    {
        assert_eq!(world.ask(change(foreign)).await.problem().0, 403, "{foreign}");
    }
}

#[tokio::test]
async fn a_token_is_no_owner() {
    let world = world().await;
    let site = world.site("shop.example").await;
    let admin = world.token(site, Scope::Admin).await;
    let refused = world.ask(get_("/api/v1/me").with("authorization", &admin)).await;
    assert_eq!(refused.problem(), (403, "owner_only".to_owned()));
}
