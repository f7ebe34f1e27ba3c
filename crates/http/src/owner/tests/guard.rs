//! The right host, silence before there is an owner, headers, other origins.

use super::world::{EMAIL, PASSWORD, get_, post_, settings, world, world_with};
use crate::state::HttpSettings;
use serde_json::json;
use ut_tracking::accounts::{Purpose, Scope};

#[tokio::test]
async fn only_the_public_host_and_loopback_are_answered() {
    let world = world_with(settings("https://stats.shop.example")).await;
    for host in [
        "stats.shop.example",
        "STATS.shop.example:8443",
        "localhost",
        "localhost:3000",
        "127.0.0.1:1",
        "[::1]:3000",
    ] {
        assert_eq!(world.ask(get_("/api/v1/about").with("host", host)).await.status, 200, "{host}");
    }
    for host in
        ["shop.example", "evil.example", "stats.shop.example.evil.example", "10.0.0.1", "0.0.0.0", "", "a b"]
    {
        for path in ["/api/v1/about", "/setup", "/assets/app.js", "/nothing"] {
            let answer = world.ask(get_(path).with("host", host)).await;
            assert_eq!(answer.problem(), (404, "not_found".to_owned()), "{host} {path}");
        }
    }
    let whole = world.ask(get_("http://evil.example/api/v1/about").with("host", "localhost")).await;
    assert_eq!(whole.status, 404, "the target's host counts before the header's");
}

#[tokio::test]
async fn before_there_is_an_owner_an_open_server_shows_only_its_set_up() {
    let open = HttpSettings { public_bind: true, ..settings("https://stats.shop.example") };
    let world = world_with(open).await;
    let ask = |path| get_(path).with("host", "stats.shop.example");
    let login = || {
        post_("/login", json!({ "email": EMAIL, "password": PASSWORD })).with("host", "stats.shop.example")
    };
    for path in ["/setup", "/assets/app.js", "/api/v1/about"] {
        assert_eq!(world.ask(ask(path)).await.status, 200, "{path}");
    }
    let site = world.site("shop.example").await;
    let token = world.token(site, Scope::Admin).await;
    for path in ["/api/v1/me", "/api/v1/sites", "/api/v1/probe/1", "/nothing"] {
        let answer = world.ask(ask(path).with("authorization", &token)).await;
        assert_eq!(answer.problem(), (404, "no_owner".to_owned()), "{path}");
    }
    assert_eq!(world.ask(login()).await.problem().0, 404);

    let token = world.state.accounts.create_setup_link_token(Purpose::Owner).await.unwrap();
    let body = json!({ "token": token, "email": EMAIL, "password": PASSWORD });
    assert_eq!(world.ask(post_("/setup", body).with("host", "stats.shop.example")).await.status, 204);
    assert_eq!(world.ask(login()).await.status, 204);
    assert_eq!(world.ask(ask("/api/v1/me")).await.status, 401);
}

#[tokio::test]
async fn every_answer_keeps_other_pages_out() {
    let world = world().await;
    for path in ["/setup", "/api/v1/about", "/api/v1/me", "/nothing", "/assets/app.js"] {
        let answer = world.ask(get_(path)).await;
        let csp = answer.header("content-security-policy");
        for rule in ["default-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "object-src 'none'"] {
            assert!(csp.split("; ").any(|set| set == rule), "{path}: {rule} in {csp}");
        }
        assert!(!csp.contains("unsafe"), "{csp}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "same-origin");
        let stored = if path.starts_with("/assets/") { "" } else { "no-store" };
        assert_eq!(answer.header("cache-control"), stored, "{path}");
    }
}

#[tokio::test]
async fn other_origins_read_only_when_allowed_and_never_with_cookies() {
    let allowed = "https://app.example";
    let world = world_with(HttpSettings {
        cors_origins: vec![allowed.to_owned()],
        ..settings("http://127.0.0.1:3000")
    })
    .await;
    let session = world.signed_in().await;
    let site = world.site("shop.example").await;
    let token = world.token(site, Scope::Read).await;

    let preflight = |origin| {
        let ask = get_("/api/v1/sites").method("OPTIONS").with("access-control-request-method", "GET");
        ask.with("access-control-request-headers", "authorization").with("origin", origin)
    };
    let answer = world.ask(preflight(allowed)).await;
    assert_eq!((answer.status.as_u16(), answer.header("access-control-allow-origin")), (204, allowed));
    assert!(answer.header("access-control-allow-headers").contains("authorization"));
    for method in ["GET", "POST", "PATCH", "DELETE"] {
        assert!(
            answer.header("access-control-allow-methods").contains(method),
            "the API has routes for {method}"
        );
    }
    let read = world.ask(get_("/api/v1/sites").with("origin", allowed).with("authorization", &token)).await;
    assert_eq!((read.status.as_u16(), read.header("access-control-allow-origin")), (200, allowed));
    assert_eq!(read.header("vary"), "Origin");
    for answer in [&answer, &read] {
        assert_eq!(answer.header("access-control-allow-credentials"), "");
    }

    let stranger = world.ask(preflight("https://evil.example")).await;
    assert_eq!(stranger.header("access-control-allow-origin"), "");
    let login = world.ask(get_("/setup").with("origin", allowed)).await;
    assert_eq!(login.header("access-control-allow-origin"), "", "the API alone is opened");
    let change =
        post_("/api/v1/change", json!({})).with("cookie", &session.0).with("x-csrf-token", &session.1);
    assert_eq!(world.ask(change.with("origin", allowed)).await.problem().0, 403);
}
