//! Commands beside a server, two servers on one folder, and the end.

use crate::program::Place;

#[test]
fn commands_reach_the_running_server_and_work_without_it() {
    let place = Place::new();
    let server = place.serve("serve");
    assert!(server.says("dashboard").contains("/setup#"), "{}", server.banner);
    assert!(server.says("engine").contains("engine install"), "{}", server.banner);
    assert!(server.says("snippet").contains("site add"), "{}", server.banner);

    let added = place.run("site add --domain shop.example --json").json();
    assert_eq!(place.run("site list --json").json()[0]["key"], added["key"]);
    place.run("token add --site shop.example --json").json();
    let refused = place.run("site add --domain shop.example");
    assert_eq!(refused.code, Some(1));
    assert!(refused.refusal().contains("shop.example"), "{}", refused.err);
    let paused = place.run("olap pause --json").json();
    assert_eq!(paused["paused"], true);
    assert_eq!(place.run("olap resume --json").json()["paused"], false);

    assert_eq!(server.stop(), Some(0));
    assert!(!place.data().join("control.sock").exists());
    assert_eq!(place.run("site list --json").json()[0]["key"], added["key"]);
    let server = place.serve("serve");
    assert!(server.says("snippet").contains(added["key"].as_str().unwrap()), "{}", server.banner);
}

#[test]
fn a_second_server_names_the_first_and_ends_with_2() {
    let place = Place::new();
    let first = place.serve("serve");
    let second = place.run("serve --port 0 --admin-port 0");
    assert_eq!((second.code, second.out.as_str()), (Some(2), ""));
    let expected = format!("another server (pid {}) runs on DATA_DIR ./data", first.pid());
    assert!(second.refusal().starts_with(&expected), "{}", second.err);
    assert_eq!(first.stop(), Some(0));
}

#[test]
fn a_killed_server_leaves_nothing_in_the_way() {
    let place = Place::new();
    place.serve("serve").kill();
    assert!(place.data().join("control.sock").exists(), "a killed server cannot clean up");
    place.run("site add --domain a.example --json").json();
    let server = place.serve("serve");
    place.run("site add --domain b.example --json").json();
    assert_eq!(place.run("site list --json").json().as_array().map(Vec::len), Some(2));
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn a_taken_port_is_one_line() {
    let place = Place::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let done = place.run(&format!("serve --port {port} --admin-port 0"));
    assert_eq!((done.code, done.out.as_str()), (Some(1), ""));
    assert!(done.refusal().contains(&format!("port {port} is taken")), "{}", done.err);
    assert!(done.err.contains("--port"), "{}", done.err);
}

#[cfg(target_os = "linux")]
#[test]
fn a_data_folder_with_a_very_long_path_has_a_control_socket_too() {
    let place = Place::new();
    let long = format!("{}/{}", "x".repeat(100), "y".repeat(100));
    let server = place.serve(&format!("serve --data-dir {long}"));
    place.run(&format!("site add --domain a.example --json --data-dir {long}")).json();
    let second = place.run(&format!("serve --data-dir {long}"));
    assert_eq!(second.code, Some(2), "{}", second.err);
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn the_demo_lives_on_a_folder_of_its_own_which_goes_with_it() {
    let place = Place::new();
    place.write(".env", "DATA_DIR=./real\nPG_HOST=db\nAPP_ENV=production\n");
    let demo = place.serve("demo");
    let data = std::path::PathBuf::from(demo.says("data"));
    assert!(data.is_dir() && !data.starts_with(place.path()), "{}", data.display());
    assert_eq!(demo.stop(), Some(0));
    // A slow disk's rest is removed in the background.
    while data.exists() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert!(!place.path().join("real").exists());

    let kept = place.serve("demo --data-dir kept");
    assert_eq!(kept.stop(), Some(0));
    assert!(place.path().join("kept/main.sqlite").is_file());
}
