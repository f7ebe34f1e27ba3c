//! The example shop as a process.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

/// A running example; killed when it goes out of scope.
pub(super) struct Example {
    child: Child,
    /// Where customers go.
    pub(super) shop: String,
    /// Where the owner looks.
    pub(super) dashboard: String,
}

/// The example's program. Cargo builds examples only when all targets are asked for, so it is asked here.
fn program() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let mut build = Command::new(env!("CARGO"));
        build.args([
            "build",
            "--quiet",
            "--locked",
            "--package",
            "universal-tracking",
            "--example",
            "axum_shop",
        ]);
        // The profile this test was built with, whose folder the server's program lies in.
        let folder = super::super::binary().parent().unwrap().to_owned();
        if folder.ends_with("release") {
            build.arg("--release");
        }
        build.arg("--target-dir").arg(folder.parent().unwrap());
        let status = build.current_dir(env!("CARGO_MANIFEST_DIR")).status().unwrap();
        assert!(status.success(), "the example does not build");
        folder.join("examples/axum_shop")
    })
}

impl Example {
    /// Starts it on the folder where a server of `dir` keeps its data.
    pub(super) fn start(dir: &Path) -> Self {
        let mut command = Command::new(program());
        command.arg(ut_testkit::server::Server::data_dir(dir)).current_dir(dir).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut address = || {
            let line = lines.next().unwrap().unwrap();
            line.split_whitespace().nth(1).unwrap().trim_end_matches('/').to_owned()
        };
        let (shop, dashboard) = (address(), address());
        // What else it says is read, or it could not say it.
        std::thread::spawn(move || lines.count());
        Self { child, shop, dashboard }
    }

    /// SIGKILL.
    pub(super) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Ctrl-C, and waits for the end.
    pub(super) fn interrupt(mut self) -> ExitStatus {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        for _ in 0..240 {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("the example did not end within 12 s");
    }
}

impl Drop for Example {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
