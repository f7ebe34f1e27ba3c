//! A server process.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex};

/// A running `serve` (or `demo`); killed when it goes out of scope.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// `http://127.0.0.1:<port>`.
    pub base: String,
    /// The admin listener, with `/metrics`.
    pub admin: String,
    /// Everything it printed before it was ready.
    pub banner: String,
    errors: Arc<Mutex<String>>,
}

/// The program with the settings of a test: free ports, no limit, nothing of the caller's environment but where the
/// engine is cached.
fn command(binary: &Path, dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(binary);
    command.args(arguments).current_dir(dir).env_clear();
    for name in ["HOME", "PATH", "XDG_CACHE_HOME", "UT_CHDB_LIB", "TMPDIR"] {
        #[expect(clippy::disallowed_methods, reason = "tests hand their environment on")]
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    let settings =
        [("DATA_DIR", dir.join("data").into_os_string()), ("PORT", "0".into()), ("ADMIN_PORT", "0".into())];
    command.envs(settings).env("RATE_LIMIT_IP", "0").stdin(Stdio::null());
    command
}

/// Runs a command of the program to its end.
///
/// # Panics
/// When the program cannot be started.
#[must_use]
pub fn run(binary: &Path, dir: &Path, arguments: &[&str]) -> Output {
    let output = command(binary, dir, arguments).output();
    output.unwrap_or_else(|error| panic!("{} does not start: {error}", binary.display()))
}

impl Server {
    /// Starts `serve` on `dir` and waits until it listens.
    ///
    /// # Panics
    /// When it ends before it listens; its error lines are in the message.
    #[must_use]
    pub fn start(binary: &Path, dir: &Path, environment: &[(&str, &str)]) -> Self {
        Self::start_as(binary, dir, &["serve"], environment)
    }

    /// Starts the program with other arguments, e.g. `["demo"]`.
    ///
    /// # Panics
    /// When it ends before it listens.
    #[must_use]
    pub fn start_as(binary: &Path, dir: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = command(binary, dir, arguments);
        command.envs(environment.iter().copied()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child =
            command.spawn().unwrap_or_else(|error| panic!("{} does not start: {error}", binary.display()));
        let errors = Arc::new(Mutex::new(String::new()));
        let stderr = child.stderr.take().map(BufReader::new);
        let sink = errors.clone();
        std::thread::spawn(move || {
            for line in stderr.into_iter().flat_map(BufRead::lines).map_while(Result::ok) {
                let mut text = sink.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                text.push_str(&line);
                text.push('\n');
            }
        });
        let mut server =
            Self { child, base: String::new(), admin: String::new(), banner: String::new(), errors };
        server.read_banner();
        server
    }

    fn read_banner(&mut self) {
        let Some(stdout) = self.child.stdout.take() else { panic!("no standard output") };
        let mut lines = BufReader::new(stdout);
        while self.admin.is_empty() {
            let mut line = String::new();
            if lines.read_line(&mut line).unwrap_or(0) == 0 {
                std::thread::sleep(std::time::Duration::from_millis(100));
                panic!("the server ended before it listened:\n{}\n{}", self.banner, self.errors());
            }
            self.banner.push_str(&line);
            let mut words = line.split_whitespace();
            match (words.next(), words.next()) {
                (Some("dashboard"), Some(url)) => self.base = origin(url),
                (Some("metrics"), Some(url)) => self.admin = origin(url),
                _ => {}
            }
        }
        // Keep reading, or a full pipe would stop the server.
        std::thread::spawn(move || lines.read_to_end(&mut Vec::new()));
    }

    /// `DATA_DIR` of a server started on `dir`.
    #[must_use]
    pub fn data_dir(dir: &Path) -> PathBuf {
        dir.join("data")
    }

    /// What it wrote to standard error so far.
    #[must_use]
    pub fn errors(&self) -> String {
        self.errors.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// Its process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has ended.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().is_ok_and(|status| status.is_some())
    }

    /// SIGKILL: nothing is flushed, nothing is said.
    pub fn kill(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// SIGTERM, and waits for the end.
    ///
    /// # Panics
    /// When it does not end within 20 s or not with success.
    pub fn stop(mut self) {
        let status = self.terminate();
        assert!(status.success(), "the server ended with {status}:\n{}", self.errors());
    }

    /// SIGTERM, and waits for the end, whichever it is.
    ///
    /// # Panics
    /// When it does not end within 20 s.
    pub fn terminate(&mut self) -> ExitStatus {
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        for _ in 0..400 {
            if let Ok(Some(status)) = self.child.try_wait() {
                return status;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("the server did not stop:\n{}", self.errors());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Scheme, host and port of a URL.
fn origin(url: &str) -> String {
    url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/")
}
