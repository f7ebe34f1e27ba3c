//! Cloudflare's worker and Next's rewrites, run by Node.js in the place of their platforms.

use super::front::{Front, free_port};
use super::{behind_a_proxy, hides_the_dashboard, passes, printed};
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

async fn works(platform: &str, prefix: &str) {
    let (dir, config) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let (shop, server) = behind_a_proxy(dir.path());
    let file = config.path().join("printed.mjs");
    let text = printed(config.path(), &[platform, "--upstream", &server.base, "--prefix", prefix]);
    std::fs::write(&file, text).unwrap();
    let port = free_port();
    let harness = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/all/proxies/harness.mjs");
    let mut command = Command::new("node");
    command.arg(harness).arg(platform).arg(&file).arg(port.to_string()).stdin(Stdio::null());
    let front = Front::new(command.spawn().unwrap(), port);
    passes(&front, prefix, &shop, &server).await;
    hides_the_dashboard(&front, prefix).await;
    drop(front);
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_passes_the_tracker_and_nothing_else() {
    works("cloudflare", "/ut/").await;
    works("cloudflare", "/shop-data/").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rewrites_pass_the_tracker_and_nothing_else() {
    works("next", "/ut/").await;
    works("next", "/shop-data/").await;
}
