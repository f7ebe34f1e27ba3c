//! The table's laws: every setting × every source × precedence × bad values, and what is refused.

use super::kind::Kind;
use super::table::{KEYS, Key, REFUSED};
use super::*;
use std::path::Path;

/// The sources in order of importance.
const SOURCES: [&str; 4] = ["flag", "environment", ".env", "file"];

/// Adds a value of a setting to one source.
fn say(sources: Sources, source: &str, key: &Key, value: &str) -> Sources {
    let quoted = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\0', "\\u0000");
    match source {
        "flag" => sources.with_flags(vec![(key.name, value.to_owned())]),
        "environment" => sources.with_environment(vec![(key.name.to_owned(), value.to_owned())]),
        ".env" => sources.with_dotenv(&format!("{}='{value}'\n", key.name)),
        _ => sources.with_file(Path::new("x.toml"), &format!("{} = \"{quoted}\"\n", key.toml())),
    }
}

fn shown(resolved: &Resolved, key: &Key) -> (Option<String>, String) {
    let setting = resolved.settings.iter().find(|setting| setting.key.name == key.name).unwrap();
    (setting.shown.clone(), setting.source.to_string())
}

/// A valid value that differs from `example`, where the kind has more than one.
fn other(key: &Key) -> String {
    match key.kind {
        Kind::Port | Kind::Int => "77".into(),
        Kind::Host => "10.1.2.3".into(),
        Kind::Origin | Kind::Origins => "https://other.example".into(),
        Kind::Proxies => "10.9.8.7".into(),
        Kind::Store(schemes) if key.name == "REDIS_URL" => schemes[0].into(),
        Kind::Store(schemes) => format!("{}other", schemes[0]),
        Kind::Path => "other/place".into(),
        Kind::Bytes => "77MB".into(),
        Kind::Choice(words) => words[0].into(),
        Kind::Secret => "another secret, long enough to be taken".into(),
        Kind::Keys => format!("a:{},b:{}", "0a".repeat(32), "0b".repeat(32)),
    }
}

fn bad(key: &Key) -> &'static str {
    match key.kind {
        Kind::Port => "65536",
        Kind::Host => "http://x",
        Kind::Origin => "https://x.example/path",
        Kind::Store(_) => "postgres://db/x",
        Kind::Path => "a\0b",
        Kind::Bytes => "4 apples",
        Kind::Int => "-1",
        Kind::Choice(_) => "sometimes",
        Kind::Origins => "*",
        Kind::Proxies => "everybody",
        Kind::Secret => "too-short",
        Kind::Keys => "id-without-a-key-but-long-enough-for-a-secret",
    }
}

fn expected_words(key: &Key, value: &str) -> String {
    if key.secret() { format!("({} bytes)", value.len()) } else { value.to_owned() }
}

/// `APP_ENV=production` demands secrets, which is not what these tables are about.
fn with_secrets(sources: Sources) -> Sources {
    let secrets = ["SITE_SALT", "JWT_SECRET", "HMAC_SECRET"].map(|name| (name, "s".repeat(32)));
    let flags = sources.flags.iter().cloned().chain(secrets).collect();
    sources.with_flags(flags)
}

#[test]
fn names_defaults_and_examples_are_sound() {
    for (position, key) in KEYS.iter().enumerate() {
        assert!(key.name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'), "{}", key.name);
        assert!(KEYS[..position].iter().all(|before| before.name != key.name), "{} twice", key.name);
        assert!(key.help.len() > 20 && key.help.is_ascii(), "{} needs a sentence", key.name);
        for value in [key.default, Some(key.example), Some(other(key).as_str())].into_iter().flatten() {
            assert!((key.set)(&mut Config::default(), value).is_some(), "{}={value}", key.name);
        }
        assert!((key.set)(&mut Config::default(), bad(key)).is_none(), "{}={}", key.name, bad(key));
    }
}

#[test]
fn the_reserve_is_the_logs_own_rule_until_somebody_says_otherwise() {
    let with = |flags| resolve(&Sources::default().with_flags(flags)).unwrap().config.spool.reserve_bytes;
    assert_eq!(with(Vec::new()), None);
    assert_eq!(with(vec![("SPOOL_RESERVE_BYTES", "0".into())]), Some(0), "0 is a wish, not its absence");
    assert_eq!(with(vec![("SPOOL_RESERVE_BYTES", "1GiB".into())]), Some(1 << 30));
}

#[test]
fn nothing_said_is_the_default() {
    let resolved = resolve(&Sources::default()).unwrap();
    for key in KEYS {
        assert_eq!(shown(&resolved, key), (key.default.map(str::to_owned), "default".to_owned()));
        assert!(!resolved.is_given(key.name));
    }
    let config = resolved.config;
    assert_eq!(
        (config.server.host.as_str(), config.server.port, config.server.admin_port),
        ("127.0.0.1", 3000, 9464)
    );
    assert_eq!((config.data_dir.to_str(), config.limits.events_per_ip), (Some("./data"), 600));
    assert_eq!(config.sqlite_path(), Path::new("./data/main.sqlite"));
    assert_eq!(config.environment, Environment::Development);
}

#[test]
fn every_setting_can_be_set_in_every_source() {
    for key in KEYS {
        for source in SOURCES {
            let mut sources = say(Sources::default(), source, key, key.example);
            if key.name == "APP_ENV" {
                sources = with_secrets(sources);
            }
            let resolved =
                resolve(&sources).unwrap_or_else(|problems| panic!("{} {source}: {problems}", key.name));
            let source = if source == "file" { "x.toml" } else { source };
            assert_eq!(shown(&resolved, key), (Some(expected_words(key, key.example)), source.to_owned()));
            assert!(resolved.is_given(key.name));
            let mut expected = resolve(&Sources::default()).unwrap().config;
            (key.set)(&mut expected, key.example).unwrap();
            if key.name == "APP_ENV" {
                expected.secrets = resolved.config.secrets.clone();
            }
            assert_eq!(resolved.config, expected, "{} {source}", key.name);
        }
    }
}

#[test]
fn the_more_important_source_wins_in_every_pair() {
    for key in KEYS {
        for (rank, winner) in SOURCES.iter().enumerate() {
            for loser in &SOURCES[rank + 1..] {
                let sources = say(Sources::default(), loser, key, key.example);
                let sources = say(sources, winner, key, &other(key));
                let resolved = resolve(&sources).unwrap();
                assert_eq!(
                    shown(&resolved, key).0,
                    Some(expected_words(key, &other(key))),
                    "{} {winner}",
                    key.name
                );
            }
        }
    }
}

#[test]
fn a_bad_value_in_any_source_is_one_line_that_names_key_source_and_expectation() {
    for key in KEYS {
        for source in SOURCES {
            let problems = resolve(&say(Sources::default(), source, key, bad(key))).unwrap_err();
            let [problem] = problems.0.as_slice() else { panic!("{} {source}: {problems}", key.name) };
            let line = problem.to_string();
            let (spelled, place) = match source {
                "flag" => (format!("--{}", key.flag()), "flag"),
                "file" => (key.toml(), "x.toml"),
                other => (key.name.to_owned(), other),
            };
            assert_eq!(problem.key, spelled);
            assert!(line.contains(&format!("({place})")), "{line}");
            assert!(line.contains(&key.kind.expected()) && !line.contains('\n'), "{line}");
            assert_eq!(line.contains(bad(key)), !key.secret() && key.kind != Kind::Path, "{line}");
        }
    }
}

#[test]
fn all_problems_are_told_at_once() {
    let sources = Sources::default()
        .with_flags(vec![("PORT", "x".into())])
        .with_environment(vec![("PG_HOST".into(), "db".into()), ("UT_CHDB_LIP".into(), "x".into())])
        .with_dotenv("RATE_LIMIT_IP=many\n")
        .with_file(Path::new("x.toml"), "hosst = \"x\"\nlog_level = 3.5\n[server]\nport = 1\n");
    let problems = resolve(&sources).unwrap_err().to_string();
    for part in [
        "--port = \"x\" (flag): expected a port",
        "RATE_LIMIT_IP = \"many\" (.env)",
        "log_level (x.toml) is a float",
        "server (x.toml) is a table",
        "hosst (x.toml) is not a setting; did you mean host?",
        "UT_CHDB_LIP (environment) is not a setting; did you mean UT_CHDB_LIB?",
        "PG_HOST would have no effect",
    ] {
        assert!(problems.contains(part), "{part} is missing in:\n{problems}");
    }
    assert_eq!(problems.lines().count(), 7, "{problems}");
}

#[test]
fn variables_of_store_servers_are_refused_and_the_rest_of_dotenv_is_ignored_by_name() {
    for group in REFUSED {
        for name in group.names {
            for source in ["environment", ".env"] {
                let sources = match source {
                    ".env" => Sources::default().with_dotenv(&format!("{name}=x")),
                    _ => Sources::default().with_environment(vec![((*name).into(), "x".into())]),
                };
                let line = resolve(&sources).unwrap_err().to_string();
                assert!(line.contains(name) && line.contains(group.because), "{line}");
                assert!(line.contains("unset"), "{line}");
            }
            resolve(&Sources::default().with_dotenv(&format!("{name}="))).unwrap();
        }
    }
    let resolved = resolve(&Sources::default().with_dotenv("JAVA_HOME=/x\nPORT=1\nUNUSED=1\n")).unwrap();
    assert_eq!(resolved.ignored, ["JAVA_HOME", "UNUSED"]);
    resolve(&Sources::default().with_environment(vec![("JAVA_HOME".into(), "x".into())])).unwrap();
}

#[test]
fn the_old_name_works_and_the_new_one_wins() {
    let old = |value: &str| ("NODE_ENV".to_owned(), value.to_owned());
    let of = |pairs: Vec<(String, String)>| {
        let sources = with_secrets(Sources::default().with_environment(pairs));
        resolve(&sources).unwrap().config.environment
    };
    assert_eq!(of(vec![old("production")]), Environment::Production);
    assert_eq!(of(vec![old("test")]), Environment::Development);
    assert_eq!(
        of(vec![old("production"), ("APP_ENV".into(), "development".into())]),
        Environment::Development
    );
    let sources = with_secrets(Sources::default()).with_dotenv("NODE_ENV=production");
    assert_eq!(resolve(&sources).unwrap().config.environment, Environment::Production);
}

#[test]
fn production_demands_secrets_and_empty_variables_count_as_not_set() {
    let sources = Sources::default().with_flags(vec![("APP_ENV", "production".into())]);
    let problems = resolve(&sources.with_dotenv("JWT_SECRET=\nHMAC_SECRET=''\nPORT=\n")).unwrap_err();
    let keys: Vec<&str> = problems.0.iter().map(|problem| problem.key.as_str()).collect();
    assert_eq!(keys, ["SITE_SALT", "JWT_SECRET", "HMAC_SECRET"]);
    let short = Sources::default().with_environment(
        [
            ("APP_ENV", "production"),
            ("JWT_SECRET", "short-jwt"),
            ("HMAC_SECRET", &"h".repeat(32)),
            ("SITE_SALT", &"s".repeat(32)),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec(),
    );
    let line = resolve(&short).unwrap_err().to_string();
    assert_eq!(line, "JWT_SECRET = (9 bytes) (environment): expected at least 32 bytes");
}

#[test]
fn secrets_are_never_shown() {
    let secret = "do-not-show-me-do-not-show-me-do-not";
    let line = format!("JWT_SECRET={secret}\nHMAC_SECRET={secret}\nSITE_SALT={secret}\n");
    let resolved = resolve(&Sources::default().with_dotenv(&line)).unwrap();
    assert!(resolved.config.secrets.site_salt.is_some());
    assert!(!format!("{resolved:?}").contains(secret));

    let broken = format!("PORT=1\nJWT_SECRET=\"{secret}\n");
    let problems = resolve(&Sources::default().with_dotenv(&broken)).unwrap_err().to_string();
    assert!(problems.starts_with(".env line 2"), "{problems}");
    assert!(!problems.contains(secret), "{problems}");

    let broken = format!("port = 1\njwt_secret = \"{secret}\n");
    let problems =
        resolve(&Sources::default().with_file(Path::new("x.toml"), &broken)).unwrap_err().to_string();
    assert!(problems.starts_with("x.toml line 2") && !problems.contains(secret), "{problems}");
}

#[test]
fn a_variable_set_twice_is_refused() {
    let line = resolve(&Sources::default().with_dotenv("PORT=1\nPORT=2\n")).unwrap_err().to_string();
    assert_eq!(line, "PORT (.env) is set twice: remove one line");
}

#[test]
fn toml_takes_numbers_and_lists() {
    let text = "port = 8080\nspool_max_bytes = 1024\ncors_origins = [\"https://a.example\", \"https://b.example\"]\n";
    let config = resolve(&Sources::default().with_file(Path::new("x.toml"), text)).unwrap().config;
    assert_eq!((config.server.port, config.spool.max_bytes), (8080, 1024));
    assert_eq!(config.server.cors_origins, ["https://a.example", "https://b.example"]);
}

#[test]
fn the_demo_takes_stores_secrets_and_links_from_flags_only() {
    let dotenv =
        "DATA_DIR=/real\nPG_HOST=db\nAPP_ENV=production\nPUBLIC_URL=https://real.example\nPORT=4000\n";
    let file = "data_dir = \"/real\"\nolap_url = \"embedded:/real\"\nlog_level = \"debug\"\n";
    let sources = Sources::default().with_dotenv(dotenv).with_file(Path::new("x.toml"), file).for_demo();
    let resolved = resolve(&sources).unwrap();
    for name in ["DATA_DIR", "APP_ENV", "PUBLIC_URL", "OLAP_URL"] {
        assert!(!resolved.is_given(name), "{name}");
    }
    assert_eq!((resolved.config.server.port, resolved.config.logs.level), (4000, LogLevel("debug")));
    let flagged = Sources::default().with_flags(vec![("DATA_DIR", "/kept".into())]).for_demo();
    assert_eq!(resolve(&flagged).unwrap().config.data_dir, Path::new("/kept"));
}

#[test]
fn links_start_with_the_public_url_or_the_address() {
    let mut server = ServerConfig::default();
    for (bound, expected) in [
        ("127.0.0.1:3000", "http://127.0.0.1:3000/"),
        ("0.0.0.0:80", "http://127.0.0.1/"),
        ("[::1]:3000", "http://[::1]:3000/"),
        ("[::]:3000", "http://127.0.0.1:3000/"),
    ] {
        assert_eq!(server.public_url(bound.parse().unwrap()).unwrap().as_str(), expected);
    }
    server.public_url = Url::parse("https://a.example").ok();
    assert_eq!(server.public_url("0.0.0.0:80".parse().unwrap()).unwrap().as_str(), "https://a.example/");
}

#[test]
fn the_example_file_is_the_tables() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../env.example");
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(kept, env_example(), "run: universal-tracking config example > env.example");
    let uncommented: String = kept
        .lines()
        .filter(|line| KEYS.iter().any(|key| line.starts_with(&format!("# {}=", key.name))))
        .map(|line| format!("{}\n", &line[2..]))
        .collect();
    assert_eq!(uncommented.lines().count(), KEYS.len());
    resolve(&Sources::default().with_dotenv(&uncommented)).unwrap();
}
