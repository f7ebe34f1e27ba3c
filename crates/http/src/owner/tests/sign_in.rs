//! Set-up link, login, session, logout.

use super::world::{EMAIL, PASSWORD, SECOND, get_, post_, settings, world, world_with};
use serde_json::json;
use ut_tracking::accounts::Purpose;

#[tokio::test]
async fn the_set_up_link_makes_the_owner_and_signs_in() {
    let world = world().await;
    let token = world.state.accounts.create_setup_link_token(Purpose::Owner).await.unwrap();
    assert_eq!(world.ask(get_("/api/v1/about")).await.json()["owner_exists"], false);

    let weak = json!({ "token": token, "email": "nobody", "password": "eleven char" });
    let refused = world.ask(post_("/setup", weak)).await;
    assert_eq!(refused.problem(), (422, "invalid_input".to_owned()));
    let errors = refused.json()["errors"].clone();
    let named = [("email", "not_an_email"), ("password", "too_short")];
    for (error, (field, code)) in errors.as_array().unwrap().iter().zip(named) {
        assert_eq!((&error["field"], &error["code"]), (&json!(field), &json!(code)));
        assert!(error.get("index").is_none());
    }

    let good = json!({ "token": token, "email": EMAIL, "password": PASSWORD });
    let made = world.ask(post_("/setup", good.clone()).with("origin", "http://127.0.0.1:3000")).await;
    assert_eq!(
        (made.status.as_u16(), made.text.as_str()),
        (204, ""),
        "the refused one did not spend the link"
    );
    let me = world.ask(get_("/api/v1/me").with("cookie", &made.cookie())).await.json();
    assert_eq!(me["user"]["email"], EMAIL);
    assert_eq!(world.ask(get_("/api/v1/about")).await.json()["owner_exists"], true);

    let again = world.ask(post_("/setup", good)).await;
    assert_eq!(again.problem(), (403, "setup_link".to_owned()));
    assert!(again.json()["detail"].as_str().unwrap().starts_with("This link has been used: sign in"));
}

#[tokio::test]
async fn a_sign_in_link_needs_only_its_token() {
    let world = world().await;
    world.owner().await;
    let token = world.state.accounts.create_setup_link_token(Purpose::SignIn).await.unwrap();
    let late = world.state.accounts.create_setup_link_token(Purpose::SignIn).await.unwrap();
    assert_eq!(world.ask(post_("/setup", json!({ "token": "wrong" }))).await.problem().0, 403);
    let signed_in = world.ask(post_("/setup", json!({ "token": token }))).await;
    assert_eq!(signed_in.status, 204);
    assert_eq!(world.ask(get_("/api/v1/me").with("cookie", &signed_in.cookie())).await.status, 200);
    world.clock.advance(15 * 60 * SECOND);
    let expired = world.ask(post_("/setup", json!({ "token": late }))).await;
    assert!(expired.json()["detail"].as_str().unwrap().contains("expired after 15 minutes"), "{expired:?}");
}

#[tokio::test]
async fn login_and_logout() {
    let world = world().await;
    world.owner().await;
    for (email, password) in [(EMAIL, "wrong horse battery"), ("nobody@shop.example", PASSWORD), ("", "")] {
        let wrong = world.ask(post_("/login", json!({ "email": email, "password": password }))).await;
        assert_eq!(wrong.problem(), (401, "wrong_login".to_owned()));
        assert_eq!(wrong.header("set-cookie"), "");
    }
    let login = world.ask(post_("/login", json!({ "email": EMAIL, "password": PASSWORD }))).await;
    assert_eq!(login.status, 204);
    let attributes: Vec<_> = login.header("set-cookie").split("; ").skip(1).collect();
    assert_eq!(attributes, ["Path=/", "HttpOnly", "SameSite=Lax", "Max-Age=43200"]);
    let cookie = login.cookie();
    assert!(cookie.starts_with("ut_session="));
    let csrf = world.ask(get_("/api/v1/me").with("cookie", &cookie)).await.json()["csrf"].clone();
    let session = (cookie, csrf.as_str().unwrap().to_owned());

    let logout = world.ask(post_("/logout", json!({})).sent_by_dashboard(&session)).await;
    assert_eq!(logout.status, 204);
    assert!(
        logout.header("set-cookie").starts_with("ut_session=; ")
            && logout.header("set-cookie").contains("Max-Age=0")
    );
    let replayed = world.ask(get_("/api/v1/me").with("cookie", &session.0)).await;
    assert_eq!(
        replayed.problem(),
        (401, "not_signed_in".to_owned()),
        "a stolen cookie ends with the session"
    );
}

#[tokio::test]
async fn on_https_the_cookie_belongs_to_the_host_alone() {
    let world = world_with(settings("https://stats.shop.example")).await;
    world.owner().await;
    let ask = post_("/login", json!({ "email": EMAIL, "password": PASSWORD }));
    let login = world.ask(ask.with("host", "stats.shop.example")).await;
    let cookie = login.header("set-cookie");
    assert!(cookie.starts_with("__Host-ut_session=") && cookie.ends_with("; Secure"), "{cookie}");
    assert!(cookie.contains("; Path=/;") && !cookie.contains("Domain"), "{cookie}");
    let plain = login.cookie().replace("__Host-", "");
    assert_eq!(
        world.ask(get_("/api/v1/me").with("cookie", &plain)).await.status,
        401,
        "only under its own name"
    );
}

#[tokio::test]
async fn a_session_in_use_is_carried_on_and_an_idle_one_ends() {
    let world = world().await;
    let session = world.signed_in().await;
    let fresh = world.ask(get_("/api/v1/me").with("cookie", &session.0)).await;
    assert_eq!(fresh.header("set-cookie"), "");
    world.clock.advance(3601 * SECOND);
    let renewed = world.ask(get_("/api/v1/me").with("cookie", &session.0)).await;
    assert_eq!(renewed.json()["csrf"], session.1, "open tabs keep their CSRF token");
    world.clock.advance(11 * 3600 * SECOND);
    assert_eq!(world.ask(get_("/api/v1/me").with("cookie", &session.0)).await.status, 401);
    assert_eq!(world.ask(get_("/api/v1/me").with("cookie", &renewed.cookie())).await.status, 200);
    world.clock.advance(12 * 3600 * SECOND);
    assert_eq!(world.ask(get_("/api/v1/me").with("cookie", &renewed.cookie())).await.status, 401);
    assert_eq!(world.ask(post_("/logout", json!({})).sent_by_dashboard(&session)).await.status, 401);
}

#[tokio::test]
async fn logging_out_late_removes_the_cookie_instead_of_renewing_it() {
    let world = world().await;
    let session = world.signed_in().await;
    world.clock.advance(2 * 3600 * SECOND);
    let logout = world.ask(post_("/logout", json!({})).sent_by_dashboard(&session)).await;
    let cookies: Vec<_> = logout.headers.get_all("set-cookie").iter().collect();
    assert_eq!(cookies.len(), 1, "{cookies:?}");
    assert!(logout.header("set-cookie").contains("Max-Age=0"));
}

#[tokio::test]
async fn one_address_has_few_tries_and_keeps_nobody_else_out() {
    let world = world().await;
    world.owner().await;
    let right = || post_("/login", json!({ "email": EMAIL, "password": PASSWORD }));
    for number in 0..15 {
        let email = if number % 2 == 0 { " Owner@Shop.example" } else { "nobody@shop.example" };
        let guess = post_("/login", json!({ "email": email, "password": "a wrong password" }));
        assert_eq!(world.ask(guess).await.status, 401);
    }
    let limited = world.ask(right()).await;
    assert_eq!(limited.problem(), (429, "too_many_logins".to_owned()), "also the right password waits");
    assert_eq!(
        world.ask(right().from("203.0.113.9")).await.status,
        204,
        "the owner comes in from another address"
    );
    let wait: i64 = limited.header("retry-after").parse().unwrap();
    world.clock.advance(wait * SECOND);
    assert_eq!(world.ask(right()).await.status, 204);
}

#[tokio::test]
async fn one_account_has_few_tries_from_everywhere_together() {
    let world = world().await;
    // One address, as the accounts are kept: domains are written in many ways.
    let written =
        [EMAIL, " OWNER@shop.example", "owner@ｓhop.example", "owner@shop。example", "owner@shop%2Eexample"];
    let guess = |peer: &'static str, number: usize| {
        let email = written[number % written.len()];
        post_("/login", json!({ "email": email, "password": "a wrong password" })).from(peer)
    };
    for peer in ["198.51.100.1", "198.51.100.2", "198.51.100.3", "198.51.100.4"] {
        for number in 0..15 {
            assert_eq!(world.ask(guess(peer, number)).await.status, 401);
        }
    }
    for number in 0..written.len() {
        assert_eq!(world.ask(guess("198.51.100.5", number)).await.problem().0, 429, "{}", written[number]);
    }
}

#[tokio::test]
async fn another_page_cannot_sign_anyone_in() {
    let world = world().await;
    world.owner().await;
    let token = world.state.accounts.create_setup_link_token(Purpose::SignIn).await.unwrap();
    let login = json!({ "email": EMAIL, "password": PASSWORD });
    for (path, body) in [("/login", login), ("/setup", json!({ "token": token }))] {
        for (name, value) in
            [("origin", "https://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site")]
        {
            let refused = world.ask(post_(path, body.clone()).with(name, value)).await;
            assert_eq!(refused.problem(), (403, "csrf".to_owned()), "{path} {name}: {value}");
        }
    }
    assert_eq!(
        world.ask(post_("/setup", json!({ "token": token }))).await.status,
        204,
        "the link was not spent"
    );
}

#[tokio::test]
async fn what_is_no_json_of_the_right_shape_is_refused_by_name() {
    let world = world().await;
    let form = get_("/login").method("POST").with("content-type", "application/x-www-form-urlencoded");
    assert_eq!(world.ask(form).await.problem(), (415, "not_json".to_owned()));
    let broken = get_("/login").method("POST").with("content-type", "application/json");
    assert_eq!(world.ask(broken).await.problem(), (400, "bad_json".to_owned()));
    let other = world.ask(post_("/login", json!({ "email": EMAIL }))).await;
    assert_eq!(other.problem(), (422, "invalid_input".to_owned()));
    assert!(other.json()["detail"].as_str().unwrap().contains("password"), "{other:?}");
    let huge = json!({ "email": EMAIL, "password": "a".repeat(70_000) });
    assert_eq!(world.ask(post_("/login", huge)).await.problem(), (413, "too_large".to_owned()));
}
