//! The load: `wrk`, pinned to its own core, with a script that makes every event unique.

use crate::Outcome;
use crate::request::{fill, template};
use crate::server::{Server, pinned};
use serde::Deserialize;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use ut_core::{Clock, SystemClock};

/// How the requests are made.
const SCRIPT: &str = include_str!("../event.lua");
/// Connections at once, as floor W says.
const CONNECTIONS: u32 = 256;

/// What `wrk` saw; times in microseconds.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct Seen {
    pub(crate) requests: u64,
    pub(crate) duration_us: f64,
    pub(crate) p50_us: f64,
    pub(crate) p99_us: f64,
    status_errors: u64,
    socket_errors: u64,
}

/// One measurement's load.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load<'a> {
    /// Where script and template are put.
    pub(crate) dir: &'a Path,
    pub(crate) core: usize,
    /// Events in each request.
    pub(crate) batch: u32,
    pub(crate) seconds: u32,
    /// Distinguishes the event ids of this load from those of other loads; below 4096.
    pub(crate) run: u32,
}

/// Checks that the load generator is there.
pub(crate) fn check() -> Outcome<()> {
    for (program, package) in [("wrk", "wrk"), ("taskset", "util-linux")] {
        // Both may exit with an error here; only their absence matters.
        Command::new(program).arg("--version").output().map_err(|_| {
            format!("`{program}` is missing: install it, on Debian with `apt-get install {package}`")
        })?;
    }
    Ok(())
}

/// Loads `server` and returns what was seen; any refused request fails the measurement.
pub(crate) fn run(load: Load<'_>, server: &Server) -> Outcome<Seen> {
    let (script, requests) = (load.dir.join("event.lua"), load.dir.join("request"));
    for (path, text) in [(&script, SCRIPT.to_owned()), (&requests, template(&server.site, load.batch))] {
        std::fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    let mut command = pinned(load.core, Path::new("wrk"));
    command.args(["--threads=1", &format!("--connections={CONNECTIONS}"), "--timeout=10s"]);
    command.arg(format!("--duration={}s", load.seconds)).arg("--script").arg(&script);
    command.arg(format!("http://127.0.0.1:{}/ut/e", server.port)).arg("--");
    let output = command.arg(&requests).arg(load.run.to_string()).output();
    let output = output.map_err(|error| format!("`wrk` did not start: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let Some(line) = text.lines().find_map(|line| line.strip_prefix("RESULT ")) else {
        let said = String::from_utf8_lossy(&output.stderr);
        let said = said.lines().chain(text.lines()).next().unwrap_or("nothing").to_owned();
        return Err(format!("`wrk` gave no result; it said: {said}"));
    };
    let seen: Seen = serde_json::from_str(line).map_err(|error| format!("`wrk` said {line}: {error}"))?;
    let Seen { requests, status_errors, socket_errors, .. } = seen;
    if status_errors > 0 || socket_errors > 0 || requests == 0 {
        let name = server.name;
        return Err(format!(
            "{name}: of {requests} requests {status_errors} were refused, {socket_errors} failed"
        ));
    }
    Ok(seen)
}

/// Sends one request and checks that all its events are accepted: a server that answers 202 and rejects what is in
/// the request would look fast.
pub(crate) fn probe(load: Load<'_>, server: &Server) -> Outcome<()> {
    let request = fill(&template(&server.site, load.batch), u64::try_from(SystemClock.now_ms()).unwrap_or(0));
    let answer = exchange(server.port, &request).map_err(|error| format!("{}: {error}", server.name))?;
    if answer.starts_with("HTTP/1.1 202") && answer.contains(&format!("\"accepted\":{}", load.batch)) {
        return Ok(());
    }
    Err(format!(
        "{} does not accept the events of this benchmark: {}",
        server.name,
        answer.replace("\r\n", " ")
    ))
}

/// Sends `request` to a port of this machine and returns the beginning of the answer.
pub(crate) fn exchange(port: u16, request: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    stream.write_all(request.as_bytes())?;
    let mut answer = vec![0; 16 << 10];
    let read = stream.read(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer[..read]).into_owned())
}
