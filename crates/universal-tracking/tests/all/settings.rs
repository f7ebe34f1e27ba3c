//! Settings as the program reads them: real files, real environment.

use crate::program::Place;

fn value(place: &Place, line: &str, environment: &[(&str, &str)], name: &str) -> (String, String) {
    let answer = place.run_with(&format!("config check --json {line}"), environment).json();
    let settings = answer["settings"].as_array().unwrap();
    let setting = settings.iter().find(|setting| setting["name"] == name).unwrap();
    (setting["value"].as_str().unwrap_or("none").to_owned(), setting["source"].as_str().unwrap().to_owned())
}

#[test]
fn flags_over_environment_over_dotenv_over_toml_over_default() {
    let place = Place::new();
    let port = |line: &str, environment: &[(&str, &str)]| value(&place, line, environment, "PORT");
    let says = |value: &str, source: &str| (value.to_owned(), source.to_owned());
    assert_eq!(port("", &[]), says("3000", "default"));
    place.write("universal-tracking.toml", "port = 4001\n");
    assert_eq!(port("", &[]), says("4001", "universal-tracking.toml"));
    place.write("other.toml", "port = 4002\n");
    assert_eq!(port("--config other.toml", &[]), says("4002", "other.toml"));
    place.write(".env", "PORT=4003\nMY_OWN=1\n");
    assert_eq!(port("", &[]), says("4003", ".env"));
    assert_eq!(port("", &[("PORT", "4004")]), says("4004", "environment"));
    assert_eq!(port("--port 4005", &[("PORT", "4004")]), says("4005", "flag"));
    let text = place.run("config check").out;
    assert!(text.contains("ignored in .env: MY_OWN"), "{text}");
}

#[test]
fn problems_are_told_together_and_the_exit_code_is_2() {
    let place = Place::new();
    place.write(".env", "PORT=many\nUT_CHDB_LIBB=x\n");
    let done = place.run_with("config check --log-level loud", &[("CLICKHOUSE_HOST", "ch")]);
    assert_eq!((done.code, done.out.as_str()), (Some(2), ""));
    for part in [
        "4 problems",
        "--log-level",
        "PORT = \"many\" (.env)",
        "did you mean UT_CHDB_LIB?",
        "CLICKHOUSE_HOST",
    ] {
        assert!(done.err.contains(part), "{part} is missing in:\n{}", done.err);
    }
    for line in ["serve", "demo", "site list", "migrate"] {
        assert_eq!(place.run(line).code, Some(2), "{line} refuses to start");
    }
    let json = place.run("config check --json");
    assert_eq!((json.code, json.out.matches("\"key\"").count()), (Some(2), 2), "{}", json.out);

    let missing = Place::new().run("config check --config no.toml");
    assert!(missing.refusal().starts_with("no.toml cannot be read"), "{}", missing.err);
}

#[test]
fn production_needs_secrets_and_never_shows_them() {
    let place = Place::new();
    let done = place.run("config check --app-env production");
    for name in ["SITE_SALT", "JWT_SECRET", "HMAC_SECRET"] {
        assert!(done.err.contains(&format!("{name} is required")), "{}", done.err);
    }
    let secret = "not-to-be-shown-not-to-be-shown-not";
    let key = "0a1b2c3d".repeat(8);
    let ring = format!("k1:{key}");
    let environment = [
        ("SITE_SALT", secret),
        ("JWT_SECRET", secret),
        ("HMAC_SECRET", secret),
        ("ENCRYPTION_KEYS", ring.as_str()),
        ("NODE_ENV", "production"),
    ];
    let done = place.run_with("config check", &environment);
    assert_eq!(done.code, Some(0), "{}", done.err);
    assert!(
        !done.out.contains(secret) && !done.out.contains(&key) && done.out.contains("(35 bytes)"),
        "{}",
        done.out
    );

    let address = [("DATABASE_URL", "postgres://u:not-to-be-shown@db/ut")];
    let done = place.run_with("config check", &address);
    assert!(done.refusal().contains("postgres://…@db/ut") && !done.err.contains("not-to-be"), "{}", done.err);

    place.run_with("site add --domain a.example --json", &environment).json();
    assert!(!place.data().join("secrets.toml").exists(), "given secrets are not copied");
}

#[test]
fn the_example_is_a_usable_dotenv() {
    let place = Place::new();
    let example = place.run("config example").out;
    place.write(".env", &example);
    assert_eq!(place.run("config check").code, Some(0));
    assert!(example.contains("# PORT=3000\n"));
}
