//! `explain`: lines in, lines out, with nothing stored and nothing needed.

use crate::program::{Done, Place};
use serde_json::{Value, json};
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Runs `explain LINE` in a place of its own, with `input` on standard input.
fn explain(place: &Place, line: &str, environment: &[(&str, &str)], input: &str) -> Done {
    let mut command = Command::new(crate::binary());
    command.arg("explain").args(line.split_whitespace()).current_dir(place.path());
    command.env_clear().env("HOME", place.path()).envs(environment.iter().copied());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    // From a thread of its own: the program answers while it reads. One that refuses to start reads nothing.
    let writing = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().unwrap();
    let _ = writing.join().unwrap();
    Done {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn answers(done: &Done) -> Vec<Value> {
    done.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn lines(values: &[Value]) -> String {
    values.iter().map(|value| format!("{value}\n")).collect()
}

pub(crate) fn acceptance() -> Option<PathBuf> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/geo"));
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: the geo databases are not beside this checkout ({})", folder.display());
    None
}

#[test]
fn addresses_are_placed_and_wrong_lines_answered_in_their_place() {
    let place = Place::new();
    let input = lines(&[json!({"ip": "8.8.8.8"}), json!({"ip": "10.0.0.1"})]);
    let done = explain(&place, "ip", &[], &input);
    assert_eq!((done.code, done.err.as_str()), (Some(0), ""));
    assert_eq!(
        done.out.lines().next(),
        Some(r#"{"country":"US","region":"","city":"","source":"embedded"}"#)
    );
    assert_eq!(answers(&done)[1], json!({"country": "", "region": "", "city": "", "source": ""}));

    let done = explain(
        &place,
        "ip",
        &[],
        "{\"ip\":\"8.8.8.8\"}\nnonsense\n{\"ip\":\"8.8.8.999\"}\n{\"ip\":\"::1\"}",
    );
    assert_eq!(done.code, Some(1));
    assert_eq!(done.refusal(), "2 of 4 lines could not be explained");
    let answers = answers(&done);
    assert_eq!(answers.len(), 4);
    assert_eq!((&answers[1]["error"]["line"], &answers[2]["error"]["line"]), (&json!(2), &json!(3)));
    assert!(answers[2]["error"]["message"].as_str().unwrap().contains("IPv4 or IPv6"), "{}", answers[2]);
    assert!(
        !done.out.contains("8.8.8.999") && !done.err.contains("8.8.8.999"),
        "an address is never repeated"
    );
    assert!(!place.data().exists(), "nothing is stored");
}

/// Neither secrets nor valid stores are needed where nothing is opened.
#[test]
fn other_settings_do_not_matter() {
    let production = [("APP_ENV", "production"), ("PORT", "none"), ("DATA_DIR", "/nowhere/at/all")];
    let done = explain(&Place::new(), "ip", &production, "{\"ip\":\"8.8.8.8\"}\n");
    assert_eq!((done.code, &answers(&done)[0]["country"]), (Some(0), &json!("US")), "{}", done.err);
}

#[test]
fn a_database_is_taken_from_flag_and_environment() {
    let Some(folder) = acceptance() else { return };
    let place = Place::new();
    let city = folder.join("GeoIP2-City-Test.mmdb").display().to_string();
    let country = folder.join("GeoLite2-Country-Test.mmdb").display().to_string();
    let input = lines(&[json!({"ip": "2.125.160.216"}), json!({"ip": "::ffff:2.125.160.216"})]);
    let boxford = json!({"country": "GB", "region": "ENG", "city": "Boxford", "source": "database"});
    for (line, environment) in [
        (format!("ip --geo-db {city}"), vec![]),
        ("ip".to_owned(), vec![("GEO_DB", city.as_str())]),
        (format!("ip --geo-db {city}"), vec![("GEO_DB", country.as_str())]),
    ] {
        let done = explain(&place, &line, &environment, &input);
        assert_eq!(done.code, Some(0), "{}", done.err);
        assert_eq!(answers(&done), [boxford.clone(), boxford.clone()], "{line}");
    }
    for bad in std::fs::read_dir(folder.join("bad")).unwrap() {
        let bad = bad.unwrap().path();
        let done = explain(&place, &format!("ip --geo-db {}", bad.display()), &[], &input);
        assert_eq!((done.code, done.out.as_str()), (Some(2), ""), "{}", bad.display());
        let named = format!("GEO_DB {} ", bad.display());
        assert!(done.refusal().starts_with(&named), "{}", done.err);
    }
}

#[test]
fn devices_are_explained() {
    let place = Place::new();
    let windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 \
                   Safari/537.36";
    let hints = json!({"brands": "\"Chromium\";v=\"140\", \"Google Chrome\";v=\"140\"", "mobile": false,
        "platform": "Windows", "platform_version": "15.0.0", "model": ""});
    let google = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";
    let input = lines(&[json!({"ua": windows, "hints": hints}), json!({"ua": google}), json!({"hints": {}})]);
    let done = explain(&place, "ua", &[], &input);
    let answers = answers(&done);
    assert_eq!((done.code, answers.len()), (Some(1), 3), "{}", done.err);
    let keys = [
        "browser",
        "browser_version",
        "os",
        "os_version",
        "device_type",
        "brand",
        "model",
        "bot",
        "bot_reason",
        "raw",
    ];
    for answer in &answers[..2] {
        for key in keys {
            assert!(answer.get(key).is_some(), "{key} is missing in {answer}");
        }
        for key in ["family", "major", "os_family", "os_major"] {
            assert!(answer["raw"].get(key).is_some(), "raw.{key} is missing in {answer}");
        }
    }
    assert_eq!((&answers[0]["browser"], &answers[0]["browser_version"]), (&json!("Chrome"), &json!("140")));
    assert_eq!((&answers[0]["os"], &answers[0]["os_version"]), (&json!("Windows"), &json!("11")));
    assert_eq!((&answers[0]["bot"], &answers[1]["bot"]), (&json!(false), &json!(true)));
    assert_eq!(answers[2]["error"]["line"], 3);
}

#[test]
fn sources_are_explained() {
    let place = Place::new();
    let input = lines(&[
        json!({"url": "https://shop.example/?gclid=x", "referrer": "https://www.google.com/"}),
        json!({"url": "https://shop.example/", "referrer": ""}),
        json!({"url": "https://shop.example/"}),
        json!({"referrer": "https://www.google.com/"}),
    ]);
    let done = explain(&place, "source", &[], &input);
    let answers = answers(&done);
    assert_eq!((done.code, answers.len()), (Some(1), 4), "{}", done.err);
    for key in ["source", "medium", "campaign", "click_id", "channel", "rule"] {
        assert!(answers[0].get(key).is_some(), "{key} is missing in {}", answers[0]);
    }
    assert_eq!((&answers[0]["source"], &answers[0]["click_id"]), (&json!("google"), &json!("gclid")));
    assert_eq!(answers[0]["channel"], "Paid Search");
    assert_eq!((&answers[1]["channel"], &answers[1]), (&json!("Direct"), &answers[2]));
    assert_eq!(answers[3]["error"]["line"], 4);
}

#[test]
fn consent_is_explained() {
    let place = Place::new();
    // Of 1 June 2026: consent to purposes 1, 8 and 9, a legitimate interest in 2 and 7 to 11, disclosed vendors.
    let measuring = "CQlH_MAQlH_MAEsABBENCMFgAIGAAEPgAAYgAAAAAAAA.IF5wAQF5g";
    let (core, _) = measuring.split_once('.').unwrap();
    let banner = |at: i64| json!({"source": "banner", "at": at, "analytics": false});
    let input = lines(&[
        json!({"tcf": measuring}),
        json!({"tcf": core, "mode": "strict"}),
        json!({"tcf": measuring, "signals": [banner(1_780_272_000_001)], "mode": "full", "gpc": true}),
        json!({"gpp": "DBABLA~BVVVVVVVVWA.YA", "gcm": {"analytics_storage": "granted"}, "mode": "full"}),
        json!({"gcm": {"analytics_storage": "yes"}, "gpp": "DBAA"}),
        json!({"mode": "full", "opted_out": true}),
        json!({"mode": "none"}),
    ]);
    let done = explain(&place, "consent", &[], &input);
    assert_eq!((done.code, done.refusal()), (Some(1), "1 of 7 lines could not be explained"));
    let answers = answers(&done);
    let axes = |answer: &Value| {
        ["analytics", "marketing", "personalization"].map(|axis| answer[axis].as_bool().unwrap())
    };
    let said = |line: usize| (axes(&answers[line]), answers[line]["collect"].as_str().unwrap());
    let why = |line: usize, axis: &str| answers[line]["why"][axis].as_str().unwrap();
    assert_eq!(said(0), ([true, false, false], "cookie"));
    assert_eq!(why(0, "analytics"), "granted: the latest choice, source tcf, 2026-06-01T00:00:00Z");
    assert_eq!(answers[0].get("error"), None);
    assert_eq!(said(1), ([false; 3], "nothing"));
    assert!(answers[1]["error"].as_str().unwrap().contains("disclosed vendors"), "{}", answers[1]);
    assert_eq!(said(2), ([false; 3], "cookieless"));
    assert!(why(2, "analytics").contains("banner") && why(2, "marketing").contains("Privacy Control"));
    assert_eq!(said(3), ([true, false, false], "cookie"));
    assert!(why(3, "marketing").contains("gpp") && why(3, "analytics").contains("gcm"));
    assert_eq!(said(4), ([false; 3], "cookieless"));
    assert!(answers[4]["error"].as_str().unwrap().contains("gpp says nothing: "), "{}", answers[4]);
    assert_eq!(said(5), ([false; 3], "nothing"));
    assert!(
        answers[6]["error"]["message"].as_str().unwrap().contains("strict, cookieless"),
        "{}",
        answers[6]
    );
}

#[test]
fn every_kind_has_help_with_an_example() {
    let place = Place::new();
    for kind in ["ua", "source", "ip", "consent"] {
        let help = place.run(&format!("explain {kind} --help"));
        assert_eq!(help.code, Some(0));
        assert!(help.out.contains(&format!("universal-tracking explain {kind}")), "{}", help.out);
        assert!(help.out.contains("Example:"), "{}", help.out);
    }
}
