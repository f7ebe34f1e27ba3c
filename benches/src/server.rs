//! The servers under load, each a process of its own, pinned to one core.

use crate::floor::Kind;
use crate::{Outcome, cpu, http};
use rustix::process::{Pid, Signal, kill_process};
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A running server; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) name: &'static str,
    pub(crate) port: u16,
    /// What the envelope calls the site.
    pub(crate) site: String,
    child: Child,
    /// Its data, removed after it has ended.
    dir: TempDir,
}

impl Server {
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The folder in which it was started.
    pub(crate) fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// Asks it to end; insists after 15 s.
    fn end(&mut self) {
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

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

/// `program` on one core. `taskset` becomes the program, so the process keeps its id.
pub(crate) fn pinned(core: usize, program: &Path) -> Command {
    let mut command = Command::new("taskset");
    command.arg("--cpu-list").arg(core.to_string()).arg(program);
    command
}

/// Checks that cores can be chosen.
pub(crate) fn check() -> Outcome<()> {
    let missing =
        |_| "`taskset` is missing: install it, on Debian with `apt-get install util-linux`".to_owned();
    Command::new("taskset").arg("--version").output().map(drop).map_err(missing)
}

/// This program.
pub(crate) fn this() -> Outcome<PathBuf> {
    std::env::current_exe().map_err(|error| format!("this program is not found: {error}"))
}

/// Starts a floor.
pub(crate) fn floor(kind: Kind, core: usize, data: &Path) -> Outcome<Server> {
    let dir = folder(data)?;
    let (name, word) = match kind {
        Kind::Parse => ("floor P", "parse"),
        Kind::Durable => ("floor W", "durable"),
        Kind::Spool => ("our log", "spool"),
    };
    let mut command = pinned(core, &this()?);
    command.args(["floor", word]).arg(dir.path()).stdout(Stdio::piped());
    let mut child = command.spawn().map_err(|error| format!("{name} did not start: {error}"))?;
    let mut line = String::new();
    if let Some(out) = child.stdout.take() {
        let _ = BufReader::new(out).read_line(&mut line);
    }
    let server =
        Server { name, port: line.trim().parse().unwrap_or(0), site: "pk_floor".to_owned(), child, dir };
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

/// Whether the engine is to be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    /// As installed.
    Installed,
    /// There is none; events wait in the log.
    Missing,
}

/// A site and what opens its reports.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    pub(crate) domain: String,
    pub(crate) key: String,
    pub(crate) token: String,
}

/// `universal-tracking serve`.
#[derive(Debug)]
pub(crate) struct Ours {
    pub(crate) server: Server,
    pub(crate) token: String,
    program: PathBuf,
    admin_port: u16,
}

impl Ours {
    /// Starts it on a new data folder with one site.
    pub(crate) fn start(program: &Path, core: usize, data: &Path, engine: Engine) -> Outcome<Self> {
        Self::resume(program, core, folder(data)?, engine)
    }

    /// Starts it on a folder that may hold data already.
    pub(crate) fn resume(program: &Path, core: usize, dir: TempDir, engine: Engine) -> Outcome<Self> {
        Self::begin(program, pinned(core, program), dir, engine)
    }

    /// The same on whatever cores there are.
    pub(crate) fn everywhere(program: &Path, dir: TempDir) -> Outcome<Self> {
        Self::begin(program, Command::new(program), dir, Engine::Installed)
    }

    fn begin(program: &Path, start: Command, dir: TempDir, engine: Engine) -> Outcome<Self> {
        let (port, admin_port) = (free_port()?, free_port()?);
        let site = site(program, dir.path())?;
        let token = answer(
            command(Command::new(program), dir.path()).args(["token", "add", "--json", "--site", &site.1]),
        )?;
        let token = token["token"].as_str().ok_or("`token add` gave no token")?.to_owned();
        let said = dir.path().join("stderr");
        let file = |path: &Path| File::create(path).map_err(|error| format!("{}: {error}", path.display()));
        let (stdout, stderr) = (file(&dir.path().join("stdout"))?, file(&said)?);
        let mut command = command(start, dir.path());
        command.env("PORT", port.to_string()).env("ADMIN_PORT", admin_port.to_string());
        if engine == Engine::Missing {
            command.env("UT_CHDB_LIB", dir.path().join("missing.so"));
        }
        command.arg("serve").stdin(Stdio::null()).stdout(stdout).stderr(stderr);
        let child = command.spawn().map_err(|error| format!("the server did not start: {error}"))?;
        let server = Server { name: "ours", port, site: site.0, child, dir };
        let mut ours = Self { server, token, program: program.to_path_buf(), admin_port };
        ours.wait_until_ready(&said, engine)?;
        Ok(ours)
    }

    /// `olap pause` or `olap resume`.
    pub(crate) fn history(&self, word: &str) -> Outcome<()> {
        answer(command(Command::new(&self.program), self.server.dir()).args(["olap", word, "--json"]))
            .map(drop)
    }

    /// Adds one more site while the server runs.
    pub(crate) fn another_site(&self, domain: &str) -> Outcome<Site> {
        let run = |words: &str| {
            answer(command(Command::new(&self.program), self.server.dir()).args(words.split(' ')))
        };
        let site =
            run(&format!("site add --domain {domain} --currency EUR --timezone Europe/Berlin --json"))?;
        let number = site["id"].to_string().trim_matches('"').to_owned();
        let token = run(&format!("token add --json --site {number}"))?;
        match (site["key"].as_str(), token["token"].as_str()) {
            (Some(key), Some(token)) => {
                Ok(Site { domain: domain.to_owned(), key: key.to_owned(), token: token.to_owned() })
            }
            _ => Err("`site add` gave no key, or `token add` no token".to_owned()),
        }
    }

    /// The link that was printed for making the first account.
    pub(crate) fn set_up_link(&self) -> Outcome<String> {
        let said = std::fs::read_to_string(self.server.dir().join("stdout")).unwrap_or_default();
        let link = said.split_whitespace().find(|word| word.contains("/setup#"));
        link.map(ToOwned::to_owned).ok_or_else(|| format!("the server printed no set-up link: {said}"))
    }

    /// The first site.
    pub(crate) fn site(&self) -> Site {
        Site { domain: "shop.example".to_owned(), key: self.server.site.clone(), token: self.token.clone() }
    }

    /// An error with what the server said last, which often is the reason.
    pub(crate) fn explain(&self, error: &str) -> String {
        let said = std::fs::read(self.server.dir().join("stderr")).unwrap_or_default();
        let said = String::from_utf8_lossy(&said);
        // A statement that failed may be long.
        let short = |line: &str| line.chars().take(300).collect::<String>();
        let lines: Vec<String> = said.lines().filter(|line| !line.trim().is_empty()).map(short).collect();
        let last = &lines[lines.len().saturating_sub(8)..];
        format!("{error}\nthe last the server said:\n  {}", last.join("\n  "))
    }

    /// The figures of `/metrics` without labels.
    pub(crate) fn metrics(&self) -> Outcome<HashMap<String, f64>> {
        let page = http::get(self.admin_port, "/metrics", None)?.body;
        let value = |line: &str| {
            let (name, value) = line.split_once(' ')?;
            Some((name.to_owned(), value.parse().ok()?))
        };
        Ok(page.lines().filter_map(value).collect())
    }

    /// Waits until all that was acknowledged is in history; then returns how much that is by now.
    pub(crate) fn settled(&self) -> Outcome<f64> {
        let began = Instant::now();
        loop {
            let metrics = self.metrics()?;
            let (Some(open), Some(received)) =
                (metrics.get("ut_in_flight"), metrics.get("ut_received_total"))
            else {
                return Err("/metrics does not name the balance".to_owned());
            };
            if *open == 0.0 {
                return Ok(*received);
            }
            if began.elapsed() > Duration::from_secs(300) {
                return Err(format!("{open} events are not in history five minutes after the load"));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// CPU-seconds of the whole process when everything is in history, merges included.
    pub(crate) fn seconds_when_settled(&self) -> Outcome<f64> {
        self.settled()?;
        cpu::seconds_when_idle(self.server.pid())
    }

    /// Healthy, and with history if there is an engine.
    fn wait_until_ready(&mut self, said: &Path, engine: Engine) -> Outcome<()> {
        let began = Instant::now();
        let question = serde_json::json!({"site": "shop.example", "queries": [{"metrics": ["events"], "date_range": "day"}]});
        loop {
            let up = match engine {
                Engine::Missing => http::get(self.server.port, "/health", None),
                Engine::Installed => http::post(self.server.port, "/api/v1/q", Some(&self.token), &question),
            };
            if up.is_ok_and(|answer| answer.status == 200) {
                return Ok(());
            }
            let ended = !matches!(self.server.child.try_wait(), Ok(None));
            if ended || began.elapsed() > Duration::from_secs(60) {
                let said = std::fs::read(said).unwrap_or_default();
                return Err(format!("the server did not become ready; it said: {}", last_line(&said)));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// The program in `dir`: nothing is limited, and the crowd's addresses are believed.
fn command(mut command: Command, dir: &Path) -> Command {
    command.current_dir(dir).env("DATA_DIR", dir.join("data")).env("HOST", "127.0.0.1");
    command.env("RATE_LIMIT_IP", "0").env("TRUSTED_PROXIES", "loopback");
    command
}

/// Key and number of the one site, which is added if it is not there.
pub(crate) fn site(program: &Path, dir: &Path) -> Outcome<(String, String)> {
    let run = |words: &str| answer(command(Command::new(program), dir).args(words.split(' ')));
    let known = run("site list --json")?;
    let site = match known.as_array().and_then(|sites| sites.first()) {
        Some(site) => site.clone(),
        None => run("site add --domain shop.example --currency EUR --timezone Europe/Berlin --json")?,
    };
    let number = site["id"].to_string();
    let key = site["key"].as_str().ok_or("the site has no key")?;
    Ok((key.to_owned(), number.trim_matches('"').to_owned()))
}

/// Makes the tables of the history in a new data folder, as the server makes them; returns their folder.
pub(crate) fn migrate(program: &Path, dir: &Path) -> Outcome<PathBuf> {
    answer(command(Command::new(program), dir).args(["migrate", "--json"]))?;
    Ok(dir.join("data/olap"))
}

/// Runs a command that prints JSON.
fn answer(command: &mut Command) -> Outcome<serde_json::Value> {
    let output = command.output().map_err(|error| format!("{command:?} did not start: {error}"))?;
    if !output.status.success() {
        return Err(format!("{command:?} failed: {}", last_line(&output.stderr)));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| format!("{command:?} printed no JSON: {error}"))
}

fn last_line(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes)
        .lines()
        .rfind(|line| !line.trim().is_empty())
        .unwrap_or("nothing")
        .to_owned()
}

/// A folder for a server.
pub(crate) fn folder(data: &Path) -> Outcome<TempDir> {
    let made = tempfile::Builder::new().prefix("ut-bench-").tempdir_in(data);
    made.map_err(|error| format!("{}: {error}", data.display()))
}

/// A port that was free a moment ago.
fn free_port() -> Outcome<u16> {
    let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    port.map(|address| address.port()).map_err(|error| format!("no free port: {error}"))
}
