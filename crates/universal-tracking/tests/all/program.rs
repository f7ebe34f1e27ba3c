//! Running the built program in a folder of its own, with nothing of this process's environment but what it needs.

use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

/// A working directory, in which `./data` is the data.
pub(crate) struct Place {
    dir: tempfile::TempDir,
}

/// What a command did.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Done {
    pub(crate) fn json(&self) -> serde_json::Value {
        assert_eq!(self.code, Some(0), "{}", self.err);
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }

    /// The one line on standard error, without `error: `.
    pub(crate) fn refusal(&self) -> &str {
        assert_eq!(self.err.lines().count(), 1, "{}", self.err);
        self.err.trim_end().strip_prefix("error: ").unwrap_or_else(|| panic!("{}", self.err))
    }
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path().join(name), text).unwrap();
    }

    fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_universal-tracking"));
        command.args(line.split_whitespace()).current_dir(self.path()).stdin(Stdio::null()).env_clear();
        // An empty cache: no engine is installed here.
        command.env("HOME", self.path());
        command
    }

    pub(crate) fn run(&self, line: &str) -> Done {
        self.run_with(line, &[])
    }

    pub(crate) fn run_with(&self, line: &str, environment: &[(&str, &str)]) -> Done {
        let output = self.command(line).envs(environment.iter().copied()).output().unwrap();
        Done {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Starts a server on free ports and waits for its banner.
    pub(crate) fn serve(&self, line: &str) -> Server {
        let mut command = self.command(&format!("{line} --port 0 --admin-port 0"));
        let log = std::fs::File::create(self.path().join("server.log")).unwrap();
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut banner = String::new();
        while !banner.contains("\n  metrics") {
            let read = out.read_line(&mut banner).unwrap();
            let log = || std::fs::read_to_string(self.path().join("server.log")).unwrap();
            assert!(read > 0, "the server ended before it was ready: {banner}{}", log());
        }
        Server { child, banner, _out: out }
    }
}

/// A running server; killed when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) banner: String,
    // Kept open: a server must not be told that nobody reads.
    _out: BufReader<ChildStdout>,
}

impl Server {
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What a line of the banner says.
    pub(crate) fn says(&self, name: &str) -> &str {
        let line = self.banner.lines().find_map(|line| line.trim_start().strip_prefix(name));
        line.unwrap_or_else(|| panic!("{name} is missing in:\n{}", self.banner)).trim()
    }

    /// Asks it to stop, as a person would; its exit code.
    pub(crate) fn stop(mut self) -> Option<i32> {
        let pid = rustix::process::Pid::from_raw(self.child.id().cast_signed()).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        let status = self.child.wait().unwrap();
        assert_eq!(status.signal(), None, "it was killed instead of ending");
        status.code()
    }

    /// Ends it in the middle of whatever it does.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
