//! nginx and Caddy.

use super::front::{Front, free_port};
use super::{DASHBOARD, behind_a_proxy, hides_the_dashboard, passes, printed, streams};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// Where a program is; `sbin` is on the path of administrators only.
fn program(name: &str) -> PathBuf {
    let places = ["/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"];
    let found = places.iter().map(|place| Path::new(place).join(name)).find(|path| path.is_file());
    found.unwrap_or_else(|| panic!("{name} is missing: `cargo xtask test` installs it"))
}

/// The block of the shop, and that of the dashboard.
fn blocks(dir: &Path, proxy: &str, upstream: &str, prefix: &str) -> (String, String) {
    let common = [proxy, "--upstream", upstream, "--prefix", prefix];
    let shop = printed(dir, &common);
    let both = printed(dir, &[&common[..], &["--dashboard", DASHBOARD]].concat());
    let dashboard = both.strip_prefix(&shop).unwrap().to_owned();
    (shop, dashboard)
}

fn nginx(dir: &Path, upstream: &str, prefix: &str) -> Front {
    let (shop, dashboard) = blocks(dir, "nginx", upstream, prefix);
    let port = free_port();
    let listen = format!("listen 127.0.0.1:{port};");
    let dashboard = dashboard.replace("listen 80;", &listen);
    assert!(dashboard.contains(&listen), "{dashboard}");
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|name| format!("{name}_temp_path {}/{name};\n", dir.display()))
        .concat();
    let config = format!(
        "daemon off;\nuser root;\nworker_processes 1;\npid {dir}/nginx.pid;\nevents {{ worker_connections 64; }}\n\
         http {{\naccess_log off;\n{temporary}\
         server {{\n{listen}\nserver_name shop.example;\n{shop}\nlocation / {{ return 200 \"shop\"; }}\n}}\n\
         {dashboard}\n}}\n",
        dir = dir.display()
    );
    let file = dir.join("nginx.conf");
    std::fs::write(&file, config).unwrap();
    let mut command = Command::new(program("nginx"));
    command.arg("-p").arg(dir).arg("-c").arg(&file).arg("-e").arg(dir.join("nginx.log"));
    Front::new(command.stdin(Stdio::null()).spawn().unwrap(), port)
}

fn caddy(dir: &Path, upstream: &str, prefix: &str) -> Front {
    let (shop, dashboard) = blocks(dir, "caddy", upstream, prefix);
    let port = free_port();
    // Without a certificate, and on this machine only.
    let here = |text: &str, host: &str| {
        let (from, to) = (format!("\n{host} {{"), format!("\nhttp://{host}:{port} {{\n    bind 127.0.0.1"));
        assert!(text.contains(&from), "{text}");
        text.replace(&from, &to)
    };
    let shop = here(&shop, "shop.example").replace("# … what the site has already", "respond \"shop\"");
    let config = format!("{{\n    admin off\n    auto_https off\n}}\n{shop}{}", here(&dashboard, DASHBOARD));
    let file = dir.join("Caddyfile");
    std::fs::write(&file, config).unwrap();
    let mut command = Command::new(program("caddy"));
    command.args(["run", "--adapter", "caddyfile", "--config"]).arg(&file);
    command.env("HOME", dir).env("XDG_CONFIG_HOME", dir).env("XDG_DATA_HOME", dir);
    let log = std::fs::File::create(dir.join("caddy.log")).unwrap();
    Front::new(command.stdin(Stdio::null()).stderr(log).spawn().unwrap(), port)
}

async fn works(proxy: fn(&Path, &str, &str) -> Front, prefix: &str) {
    let (dir, config) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let (shop, server) = behind_a_proxy(dir.path());
    let front = proxy(config.path(), &server.base, prefix);
    assert!(front.raw("/").await.ends_with("shop"), "the shop's own page");
    passes(&front, prefix, &shop, &server).await;
    hides_the_dashboard(&front, prefix).await;
    streams(&front, &shop).await;
    drop(front);
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn nginx_passes_the_tracker_and_nothing_else() {
    works(nginx, "/ut/").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nginx_passes_it_below_another_prefix() {
    works(nginx, "/shop-data/").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn caddy_passes_the_tracker_and_nothing_else() {
    works(caddy, "/ut/").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn caddy_passes_it_below_another_prefix() {
    works(caddy, "/shop/data/").await;
}
