//! The URL of an event, of which the history stores what its host and path do not say.

use ut_testkit::world::World;

/// Whatever was stored comes back to the last character.
pub(super) async fn a_url_comes_back_as_it_was(world: &World) {
    let urls = [
        "https://shop.example/p/1?x=1&y=a%20b#top",
        "https://shop.example/p/1#?",
        "https://shop.example/p/1",
        "https://shop.example/",
        "https://shop.example",
        "https://Shop.Example/p",
        "https://shop.example:8443/p?x=1",
        "http://shop.example/p?x=1",
        "https://shop.example/käse?x=1",
        "https://shop.example/a/../b",
        "file:///somewhere",
        "",
    ];
    let drafts = urls.map(|url| {
        let mut draft = world.draft("look", "", &[]);
        draft.url = url.to_owned();
        draft
    });
    world.receive("somebody", drafts.to_vec()).await;
    world.settled().await;
    let rows = world.deps.olap.query(include_str!("sql/urls.sql"), &[]).await.unwrap();
    let urls_then: Vec<_> = rows.rows.iter().map(|row| row[0].as_str().unwrap()).collect();
    assert_eq!(urls_then, urls);
    let ends: Vec<_> = rows.rows.iter().map(|row| row[1].as_str().unwrap()).collect();
    assert_eq!(ends[..4], ["?x=1&y=a%20b#top", "#?", "", ""], "host and path are stored once");
}
