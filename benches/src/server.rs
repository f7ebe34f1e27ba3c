//! The servers under load, each a process of its own, pinned to one core.

use crate::Outcome;
use crate::floor::Kind;
use crate::load::exchange;
use rustix::process::{Pid, Signal, kill_process};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The site that ours counts for.
const DOMAIN: &str = "shop.example";

/// A running server; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) name: &'static str,
    pub(crate) port: u16,
    /// What the envelope calls the site.
    pub(crate) site: String,
    child: Child,
    /// Its data, removed after it has ended.
    _dir: TempDir,
}

impl Server {
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    /// Asks it to end; insists after 15 s.
    fn drop(&mut self) {
        if let Some(pid) = Pid::from_raw(self.child.id().cast_signed()) {
            let _ = kill_process(pid, Signal::TERM);
        }
        let asked = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) && asked.elapsed() < Duration::from_secs(15) {
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `program` on one core. `taskset` becomes the program, so the process keeps its id.
pub(crate) fn pinned(core: usize, program: &Path) -> Command {
    let mut command = Command::new("taskset");
    command.arg("--cpu-list").arg(core.to_string()).arg(program);
    command
}

/// Starts a floor.
pub(crate) fn floor(kind: Kind, core: usize, data: &Path) -> Outcome<Server> {
    let dir = folder(data)?;
    let program = std::env::current_exe().map_err(|error| format!("this program is not found: {error}"))?;
    let (name, word) = match kind {
        Kind::Parse => ("floor P", "parse"),
        Kind::Durable => ("floor W", "durable"),
        Kind::Spool => ("our log", "spool"),
    };
    let mut command = pinned(core, &program);
    command.args(["floor", word]).arg(dir.path()).stdout(Stdio::piped());
    let mut child = command.spawn().map_err(|error| format!("{name} did not start: {error}"))?;
    let mut line = String::new();
    if let Some(out) = child.stdout.take() {
        let _ = BufReader::new(out).read_line(&mut line);
    }
    let server = Server {
        name,
        port: line.trim().parse().unwrap_or(0),
        site: "pk_floor".to_owned(),
        child,
        _dir: dir,
    };
    if server.port == 0 { Err(format!("{name} did not start")) } else { Ok(server) }
}

/// Checks that the server's program is there.
pub(crate) fn program(given: Option<&Path>) -> Outcome<PathBuf> {
    let beside = std::env::current_exe().ok().and_then(|exe| Some(exe.parent()?.join("universal-tracking")));
    let path = given.map(Path::to_path_buf).or(beside).unwrap_or_default();
    // Absolute, because it is started in another folder.
    if let Some(path) = std::path::absolute(&path).ok().filter(|path| path.is_file()) {
        return Ok(path);
    }
    let path = path.display();
    Err(format!("{path} is missing: build it with `cargo build --release --package universal-tracking`"))
}

/// Starts `universal-tracking serve` on a new data folder with one site. History is held back: this benchmark is
/// about acknowledging and deciding; how fast history loads is another question.
pub(crate) fn ours(program: &Path, core: usize, data: &Path) -> Outcome<Server> {
    let dir = folder(data)?;
    let (port, admin_port) = (free_port()?, free_port()?);
    let root = dir.path().to_path_buf();
    let configured = |mut command: Command| {
        command.current_dir(&root).env("DATA_DIR", root.join("data")).env("HOST", "127.0.0.1");
        command
            .env("PORT", port.to_string())
            .env("ADMIN_PORT", admin_port.to_string())
            .env("RATE_LIMIT_IP", "0");
        command
    };
    let site = add_site(configured(Command::new(program)))?;
    let said = root.join("stderr");
    let stderr = File::create(&said).map_err(|error| format!("{}: {error}", said.display()))?;
    let mut command = configured(pinned(core, program));
    command.arg("serve").stdin(Stdio::null()).stdout(Stdio::null()).stderr(stderr);
    let child = command.spawn().map_err(|error| format!("the server did not start: {error}"))?;
    let mut server = Server { name: "ours", port, site, child, _dir: dir };
    wait_until_healthy(&mut server, &said)?;
    let pause = configured(Command::new(program)).args(["olap", "pause"]).output();
    match pause {
        Ok(output) if output.status.success() => Ok(server),
        Ok(output) => Err(format!("`olap pause` failed: {}", last_line(&output.stderr))),
        Err(error) => Err(format!("`olap pause` did not start: {error}")),
    }
}

/// Adds the site and returns its key.
fn add_site(mut command: Command) -> Outcome<String> {
    command.args([
        "site",
        "add",
        "--domain",
        DOMAIN,
        "--currency",
        "EUR",
        "--timezone",
        "Europe/Berlin",
        "--json",
    ]);
    let output = command.output().map_err(|error| format!("`site add` did not start: {error}"))?;
    let answer: Option<serde_json::Value> = serde_json::from_slice(&output.stdout).ok();
    let key = answer.as_ref().and_then(|answer| answer["key"].as_str());
    key.map(str::to_owned).ok_or_else(|| format!("`site add` gave no key: {}", last_line(&output.stderr)))
}

fn wait_until_healthy(server: &mut Server, said: &Path) -> Outcome<()> {
    let started = Instant::now();
    let request = "GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    loop {
        if exchange(server.port, request).is_ok_and(|answer| answer.starts_with("HTTP/1.1 200")) {
            return Ok(());
        }
        let ended = !matches!(server.child.try_wait(), Ok(None));
        if ended || started.elapsed() > Duration::from_secs(60) {
            let said = std::fs::read(said).unwrap_or_default();
            return Err(format!("the server did not become healthy; it said: {}", last_line(&said)));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn last_line(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes)
        .lines()
        .rfind(|line| !line.trim().is_empty())
        .unwrap_or("nothing")
        .to_owned()
}

fn folder(data: &Path) -> Outcome<TempDir> {
    let made = tempfile::Builder::new().prefix("ut-bench-").tempdir_in(data);
    made.map_err(|error| format!("{}: {error}", data.display()))
}

/// A port that was free a moment ago.
fn free_port() -> Outcome<u16> {
    let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    port.map(|address| address.port()).map_err(|error| format!("no free port: {error}"))
}
