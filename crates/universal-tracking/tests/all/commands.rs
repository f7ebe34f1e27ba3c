//! Commands without a server.

use crate::program::Place;
use std::os::unix::fs::PermissionsExt;

fn mode(path: &std::path::Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn help_version_and_mistakes() {
    let place = Place::new();
    let help = place.run("--help");
    assert_eq!(help.code, Some(0));
    for word in [
        "serve",
        "demo",
        "site",
        "token",
        "migrate",
        "config",
        "engine",
        "olap",
        "explain",
        "--data-dir",
        "--spool-max-bytes",
    ] {
        assert!(help.out.contains(word), "{word} is missing in:\n{}", help.out);
    }
    assert!(!place.run("serve -h").out.contains("--spool-max-bytes"), "the short help is short");
    let version = place.run("--version");
    assert_eq!(version.out, format!("universal-tracking {}\n", env!("CARGO_PKG_VERSION")));
    for (line, part) in [("serve --prt 1", "--port"), ("sit add", "site"), ("", "Usage")] {
        let done = place.run(line);
        assert_eq!((done.code, done.out.as_str()), (Some(2), ""), "{line}");
        assert!(done.err.contains(part), "{line}: {}", done.err);
    }
    assert!(!place.data().exists(), "nothing is made by a command that does nothing");
}

#[test]
fn a_site_and_its_token_are_added_and_listed() {
    let place = Place::new();
    let added = place
        .run("site add --domain Shop.Example --domain *.shop.example --currency eur --timezone Europe/Berlin --json")
        .json();
    assert_eq!((added["id"].as_u64(), added["domain"].as_str()), (Some(1), Some("shop.example")));
    assert!(added["key"].as_str().unwrap().starts_with("pk_"), "{added}");
    assert!(added["secret"].as_str().unwrap().starts_with("sk_"), "{added}");

    let sites = place.run("site list --json").json();
    assert_eq!(sites[0]["domains"], serde_json::json!(["shop.example", "*.shop.example"]));
    assert_eq!((&sites[0]["currency"], &sites[0]["timezone"]), (&"EUR".into(), &"Europe/Berlin".into()));
    let table = place.run("site list");
    assert!(table.out.lines().nth(1).unwrap().contains("shop.example, *.shop.example"), "{}", table.out);

    for site in ["1", "shop.example"] {
        let token = place.run(&format!("token add --site {site} --scope admin --json")).json();
        assert!(token["token"].as_str().unwrap().starts_with("ut_"), "{token}");
        assert_eq!((&token["site"], &token["scope"]), (&1.into(), &"admin".into()));
    }
    let read = place.run("token add --site 1");
    assert!(read.out.contains("scope  read"), "{}", read.out);

    assert_eq!(mode(&place.data()), 0o700);
    for file in ["secrets.toml", "lock", "main.sqlite"] {
        assert_eq!(mode(&place.data().join(file)), 0o600, "{file}");
    }
}

/// A folder made beforehand, as packages and containers do, is readable for others; what is put into it is not.
#[test]
fn files_are_the_users_alone_also_in_a_folder_that_was_there() {
    let place = Place::new();
    std::fs::create_dir(place.data()).unwrap();
    let wide = |mode| std::fs::set_permissions(place.data(), std::fs::Permissions::from_mode(mode)).unwrap();
    wide(0o755);
    let server = place.serve("serve");
    place.run("site add --domain a.example --json").json();
    let mut folders = vec![place.data()];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            assert_eq!(mode(&path) & 0o077, 0, "{} can be seen by others", path.display());
            files += 1;
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
    assert!(files >= 8, "{files}");
    assert_eq!(server.stop(), Some(0));
    wide(0o777);
    let done = place.run("serve --port 0 --admin-port 0");
    assert_eq!(done.code, Some(2));
    assert!(done.refusal().contains("every user") && done.err.contains("chmod o-w"), "{}", done.err);
}

#[test]
fn a_store_that_is_no_store_is_named() {
    let place = Place::new();
    place.write("main.sqlite", "this is no database, but it is long enough to be taken for one");
    for line in ["site list", "migrate", "serve --port 0 --admin-port 0"] {
        let done = place.run(&format!("{line} --database-url sqlite:main.sqlite"));
        assert_eq!(done.code, Some(1), "{line}");
        for part in ["main.sqlite", "back-up", "DATABASE_URL"] {
            assert!(done.refusal().contains(part), "{line}: {part} is missing in {}", done.err);
        }
    }
}

#[test]
fn what_cannot_be_added_is_one_line_and_exit_code_1() {
    let place = Place::new();
    place.run("site add --domain shop.example --json").json();
    for (line, part) in [
        ("site add --domain shop.example", "shop.example"),
        ("site add --domain not/a/domain", "domains[0]"),
        ("site add --domain b.example --currency EURO", "currency"),
        ("site add --domain b.example --timezone Mars/Base", "timezone"),
        ("token add --site 9", "there is no site \"9\""),
        ("token add --site other.example", "site list"),
        ("olap pause", "no server runs"),
    ] {
        let done = place.run(line);
        assert_eq!((done.code, done.out.as_str()), (Some(1), ""), "{line}: {}", done.err);
        assert!(done.refusal().contains(part), "{line}: {}", done.err);
    }
    assert_eq!(place.run("site list --json").json().as_array().map(Vec::len), Some(1));
}

#[test]
fn the_place_of_the_data_can_be_chosen_and_must_be_usable() {
    let place = Place::new();
    let line = "site add --domain a.example --json --data-dir elsewhere --database-url sqlite:sites.db";
    place.run(line).json();
    assert!(place.path().join("sites.db").is_file() && place.path().join("elsewhere/lock").is_file());
    assert!(!place.data().exists());

    place.write("file", "");
    let done = place.run("site list --data-dir file/x");
    assert_eq!(done.code, Some(2));
    assert!(done.refusal().contains("DATA_DIR file/x") && done.err.contains("--data-dir"), "{}", done.err);
    let done = place.run("site list --database-url sqlite:no/such/folder.db");
    assert!(done.refusal().contains("no/such/folder.db"), "{}", done.err);
}

#[test]
fn commands_at_the_same_time_wait_for_each_other() {
    let place = Place::new();
    std::thread::scope(|scope| {
        for number in 0..6 {
            let place = &place;
            scope.spawn(move || place.run(&format!("site add --domain s{number}.example --json")).json());
        }
    });
    let sites = place.run("site list --json").json();
    let ids: Vec<u64> = sites.as_array().unwrap().iter().map(|site| site["id"].as_u64().unwrap()).collect();
    assert_eq!(ids, [1, 2, 3, 4, 5, 6]);
}

#[test]
fn stores_are_brought_to_shape_once_with_the_engine_and_as_far_as_possible_without() {
    let place = Place::new();
    let without = place.run("migrate");
    assert_eq!(without.code, Some(1));
    assert!(without.refusal().contains("history is not: engine"), "{}", without.err);
    assert!(without.err.contains("universal-tracking engine install"), "{}", without.err);
    assert_eq!(place.run("site list --json").json(), serde_json::json!([]));

    let caches = universal_tracking::config::cache_dir().unwrap();
    let engine = [("XDG_CACHE_HOME", caches.parent().unwrap().to_str().unwrap())];
    let other = Place::new();
    let first = other.run_with("migrate --json", &engine).json();
    assert!(first["transactional"].as_u64() > Some(0) && first["olap"].as_u64() > Some(0), "{first}");
    let again = other.run_with("migrate --json", &engine).json();
    assert_eq!((&again["transactional"], &again["olap"]), (&0.into(), &0.into()));
    let installed = other.run_with("engine install --json", &engine).json();
    assert_eq!(installed["fetched"], false);
}
