//! Users.

use super::world::{delete_, get_, post_, world};
use serde_json::json;
use ut_tracking::accounts::Scope;

#[tokio::test]
async fn users_are_added_listed_and_removed_but_the_last_one() {
    let world = world().await;
    let session = world.signed_in().await;
    let list = async || {
        let answer = world.ask(get_("/api/v1/users").with("cookie", &session.0)).await;
        assert_eq!(answer.status, 200);
        assert!(!answer.text.contains("argon2"), "no password, not even its hash");
        answer.json()["users"].as_array().unwrap().clone()
    };
    let [first] = list().await.try_into().unwrap();
    let path = format!("/api/v1/users/{}", first["id"].as_str().unwrap());
    let last = world.ask(delete_(&path).sent_by_dashboard(&session)).await;
    assert_eq!(last.problem(), (409, "last_owner".to_owned()));

    let new = json!({ "email": "Second@Shop.example", "password": "four plain words here" });
    let added = world.ask(post_("/api/v1/users", new.clone()).sent_by_dashboard(&session)).await;
    assert_eq!((added.status.as_u16(), &added.json()["email"]), (201, &json!("second@shop.example")));
    assert_eq!(list().await.len(), 2);
    let log_in = world.ask(post_("/login", new.clone())).await;
    assert_eq!(log_in.status, 204, "may sign in at once");
    let taken = world.ask(post_("/api/v1/users", new.clone()).sent_by_dashboard(&session)).await;
    assert_eq!(taken.json()["errors"][0]["code"], "taken", "{taken:?}");
    let nothing = world.ask(post_("/api/v1/users", json!({})).sent_by_dashboard(&session)).await;
    let fields: Vec<_> =
        nothing.json()["errors"].as_array().unwrap().iter().map(|error| error["field"].clone()).collect();
    assert_eq!(fields, ["email", "password"]);

    let second = format!("/api/v1/users/{}", added.json()["id"].as_str().unwrap());
    assert_eq!(
        world.ask(delete_(&second).with("cookie", &session.0)).await.problem(),
        (403, "csrf".to_owned())
    );
    assert_eq!(world.ask(delete_(&second).sent_by_dashboard(&session)).await.status, 204);
    assert_eq!(
        world.ask(delete_(&second).sent_by_dashboard(&session)).await.problem(),
        (404, "unknown_user".to_owned())
    );
    assert_eq!(world.ask(post_("/login", new)).await.status, 401);
}

#[tokio::test]
async fn who_is_removed_is_signed_out() {
    let world = world().await;
    let session = world.signed_in().await;
    let new = json!({ "email": "second@shop.example", "password": "four plain words here" });
    world.ask(post_("/api/v1/users", new).sent_by_dashboard(&session)).await;
    let me = world.ask(get_("/api/v1/me").with("cookie", &session.0)).await.json();
    let users = world.ask(get_("/api/v1/users").with("cookie", &session.0)).await.json();
    let own = users["users"].as_array().unwrap().iter().find(|user| user["email"] == me["user"]["email"]);
    let path = format!("/api/v1/users/{}", own.unwrap()["id"].as_str().unwrap());
    assert_eq!(world.ask(delete_(&path).sent_by_dashboard(&session)).await.status, 204);
    assert_eq!(world.ask(get_("/api/v1/me").with("cookie", &session.0)).await.status, 401);
}

#[tokio::test]
async fn a_token_makes_no_users() {
    let world = world().await;
    world.signed_in().await;
    let site = world.site("shop.example").await;
    let admin = world.token(site, Scope::Admin).await;
    let new = json!({ "email": "second@shop.example", "password": "four plain words here" });
    for request in [get_("/api/v1/users"), post_("/api/v1/users", new), delete_("/api/v1/users/usr_1")] {
        let refused = world.ask(request.with("authorization", &admin)).await;
        assert_eq!(refused.problem(), (403, "owner_only".to_owned()));
    }
}
