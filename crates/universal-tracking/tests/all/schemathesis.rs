//! The program against its own document: schemathesis makes requests that fit it and requests that do not, and looks at
//! every answer. Any answer of 5xx, any status, header or body that is not documented is a failure.
//!
//! `SCHEMATHESIS_SECONDS` and `SCHEMATHESIS_SEED` make it longer and different.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;
use ut_testkit::server::{Shop, page_view, run};

#[expect(clippy::disallowed_methods, reason = "a test has no other setting than its environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contract/schemathesis")
}

/// Where `cargo xtask test` installs it: beside other tools, by its version.
fn tool() -> PathBuf {
    let pins = std::fs::read_to_string(folder().join("requirements.txt")).unwrap();
    let pin = pins.lines().find_map(|line| line.strip_prefix("schemathesis==")).unwrap();
    let version = pin.split_whitespace().next().unwrap();
    let caches = variable("XDG_CACHE_HOME").map(PathBuf::from);
    let caches = caches.unwrap_or_else(|| PathBuf::from(variable("HOME").unwrap()).join(".cache"));
    caches.join(format!("universal-tracking/tools/schemathesis-{version}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_is_one_of_the_documented() {
    let tool = tool();
    let program = tool.join("bin/st");
    assert!(program.is_file(), "{} is missing: `cargo xtask test` installs it", program.display());
    let dir = TempDir::new().unwrap();
    let shop = Shop::open(&super::binary(), dir.path());
    // The token may change its own site; events go to one that stays as it is.
    let other = run(&super::binary(), dir.path(), &["site", "add", "--domain", "b.example", "--json"]);
    let other: Value = serde_json::from_slice(&other.stdout).unwrap();
    let server = shop.serve();
    // Once this is stored, history has its shape: until then questions are answered with 503, rightly.
    let (status, _) = shop.send(&server, "a browser", &[page_view("/")]).await.unwrap();
    assert_eq!(status.as_u16(), 202);
    shop.settled(&server).await;
    let seconds = variable("SCHEMATHESIS_SECONDS").unwrap_or_else(|| "40".to_owned());
    let seed = variable("SCHEMATHESIS_SEED").unwrap_or_else(|| "20261122".to_owned());
    let mut command = Command::new("python3");
    command
        .env("PYTHONPATH", &tool)
        .arg(program)
        .arg("--config-file")
        .arg(folder().join("schemathesis.toml"));
    command.args(["run", "--max-time", &seconds, "--seed", &seed, "--workers", "1", "--no-color"]);
    command.arg("--url").arg(&server.base).arg(folder().join("../openapi.json"));
    // It leaves notes where it runs.
    let notes = TempDir::new().unwrap();
    command.current_dir(notes.path()).env("PYTHONDONTWRITEBYTECODE", "1");
    command.env("SCHEMATHESIS_HOOKS", folder().join("hooks.py"));
    command.env("UT_TOKEN", &shop.token).env("UT_ORIGIN", "https://b.example");
    command.env("UT_SITE_KEY", other["key"].as_str().unwrap());
    command.env("UT_SITE_SECRET", other["secret"].as_str().unwrap());
    let tokens: Value = serde_json::from_str(&shop.get(&server, "/api/v1/tokens").await).unwrap();
    command.env("UT_KEEP_TOKENS", tokens["tokens"][0]["id"].as_str().unwrap());
    let outcome = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&outcome.stdout);
    println!("{said}");
    assert!(outcome.status.success(), "{said}\n{}", String::from_utf8_lossy(&outcome.stderr));
    assert!(!server.errors().contains("panic"), "{}", server.errors());
    let accepted = shop.metric(&server, "ut_received_total").await;
    assert!(accepted > 0, "no event came through: the requests do not get far enough to prove anything");
    shop.settled(&server).await;
    drop((dir, notes, server));
}
