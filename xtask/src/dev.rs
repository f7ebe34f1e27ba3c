//! `cargo xtask dev`: build and start again whenever a source changes. Times of files are asked twice a second; no
//! watcher library is needed for that.

use crate::arguments::Arguments;
use crate::commands::{inputs, prepare};
use crate::engine::{self, Profile};
use crate::failure::Failure;
use crate::front;
use crate::machine;
use crate::process;
use std::process::{Child, ExitCode};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

const POLL: Duration = Duration::from_millis(500);

/// How long a server may take to drain before it is killed.
const DRAIN: Duration = Duration::from_secs(15);

/// Runs until it is interrupted; Ctrl-C reaches the server by itself, being of the same process group.
pub(crate) fn dev(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let mut words = if arguments.has("--demo") { vec!["demo", "--traffic", "20"] } else { vec!["serve"] }
        .into_iter()
        .map(str::to_owned)
        .collect::<Vec<_>>();
    words.extend_from_slice(arguments.passed_on());
    let mut seen = sources();
    prepare(Profile::Dev)?;
    let mut server = Some(start(&words)?);
    loop {
        sleep(POLL);
        if let Some(Ok(Some(status))) = server.as_mut().map(Child::try_wait) {
            eprintln!("error: the server ended: {status}; it starts again with the next change");
            server = None;
        }
        let now = sources();
        if now == seen {
            continue;
        }
        seen = now;
        if let Err(failure) = rebuild() {
            failure.print();
            continue;
        }
        if let Some(running) = server.take() {
            stop(running)?;
        }
        server = Some(start(&words)?);
    }
}

fn rebuild() -> Result<(), Failure> {
    inputs()?;
    engine::build(Profile::Dev)
}

/// Newest change of what goes into the server.
fn sources() -> Option<SystemTime> {
    let root = machine::root();
    let rust = front::newest(
        ["crates", "datasets", "Cargo.toml", "Cargo.lock", "contract"]
            .map(|part| root.join(part))
            .into_iter(),
    );
    rust.max(front::newest_source(&root))
}

fn start(words: &[String]) -> Result<Child, Failure> {
    engine::server(Profile::Dev, words).spawn().map_err(|error| {
        Failure::new(
            "universal-tracking could not be started",
            error,
            "run `cargo xtask build` and look at its output",
        )
    })
}

/// Asks the server to drain and end, as a service manager would.
fn stop(mut server: Child) -> Result<(), Failure> {
    let unstoppable = |error: std::io::Error| {
        Failure::new("the running server cannot be stopped", error, "stop it by hand")
    };
    let pid = server.id().to_string();
    process::in_root("kill", &["-TERM", &pid]).status().map_err(unstoppable)?;
    let asked = Instant::now();
    while server.try_wait().map_err(unstoppable)?.is_none() {
        if asked.elapsed() > DRAIN {
            server.kill().map_err(unstoppable)?;
        }
        sleep(Duration::from_millis(50));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_asked_to_end_and_waited_for() {
        let child = process::in_root("sleep", &["600"]).spawn().unwrap();
        assert!(stop(child).is_ok());
    }

    #[test]
    fn the_project_has_sources() {
        assert!(sources().is_some());
    }
}
