//! Running other programs: streamed, kept in a log, or streamed and counted.

use crate::counts::{Counts, Runner};
use crate::failure::Failure;
use crate::machine;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

/// Variables that `cargo run` sets for this process. A cargo started from here must not see them: build scripts
/// that watch them would run again, and with them half of the dependencies.
const SET_BY_CARGO_RUN: [&str; 4] =
    ["CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH", "CARGO_BIN_NAME", "CARGO_CRATE_NAME"];

/// `cargo` with arguments, in the project's root.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = in_root(&machine::variable("CARGO").unwrap_or_else(|| "cargo".to_owned()), arguments);
    for name in SET_BY_CARGO_RUN {
        command.env_remove(name);
    }
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CARGO_PKG_") {
            command.env_remove(name);
        }
    }
    command
}

/// `npm` with arguments, in the project's root.
pub(crate) fn npm(arguments: &[&str]) -> Command {
    in_root("npm", arguments)
}

/// Any program, in the project's root.
pub(crate) fn in_root(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(machine::root());
    command
}

/// The command as a person would type it.
pub(crate) fn typed(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let mut words = vec![program.to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|argument| argument.to_string_lossy().into_owned()));
    words.join(" ")
}

/// Runs a command with our own standard streams.
pub(crate) fn stream(command: &mut Command) -> Result<(), Failure> {
    let status = command.status().map_err(|error| did_not_start(command, &error))?;
    expect_success(command, status)
}

/// Runs a command into a log file under the build directory, which is named when the command fails.
pub(crate) fn quiet(command: &mut Command, log: &str, remedy: &str) -> Result<(), Failure> {
    let path = log_file(log)?;
    let started = format!("{}\n", typed(command));
    let unwritable =
        |error: io::Error| Failure::new("cannot write a log", error, format!("check {}", path.display()));
    let mut file = File::create(&path).map_err(unwritable)?;
    file.write_all(started.as_bytes()).map_err(unwritable)?;
    let errors = file.try_clone().map_err(unwritable)?;
    let status = command.stdin(Stdio::null()).stdout(file).stderr(errors).status();
    let status = status.map_err(|error| did_not_start(command, &error))?;
    if status.success() {
        return Ok(());
    }
    let text = fs::read_to_string(&path).unwrap_or_default();
    let remedy = format!("{remedy} (whole output: {})", path.display());
    Err(Failure::new(format!("`{}` failed", typed(command)), telling_line(&text), remedy))
}

/// Runs a test command, shows its output as it comes and adds its closing figures to `counts`.
pub(crate) fn counted(command: &mut Command, runner: Runner, counts: &mut Counts) -> Result<(), Failure> {
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(|error| did_not_start(command, &error))?;
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).split(b'\n') {
            let Ok(line) = line else { break };
            let line = String::from_utf8_lossy(&line);
            println!("{line}");
            counts.read(runner, &line);
        }
    }
    let status = child.wait().map_err(|error| did_not_start(command, &error))?;
    expect_success(command, status)
}

fn expect_success(command: &Command, status: ExitStatus) -> Result<(), Failure> {
    if status.success() {
        return Ok(());
    }
    Err(Failure::new(format!("`{}` failed", typed(command)), status, "its output above says where"))
}

fn did_not_start(command: &Command, error: &io::Error) -> Failure {
    let program = command.get_program().to_string_lossy().into_owned();
    if error.kind() == io::ErrorKind::NotFound {
        let remedy = format!("install {program} and put it on PATH");
        return Failure::new(format!("{program} is missing"), "no such program on PATH", remedy);
    }
    Failure::new(format!("`{}` could not be started", typed(command)), error, "mend that and try again")
}

fn log_file(name: &str) -> Result<PathBuf, Failure> {
    let directory = machine::build_directory().join("xtask-logs");
    let unwritable = |error: io::Error| {
        Failure::new("cannot write logs", error, format!("make {} writable", directory.display()))
    };
    fs::create_dir_all(&directory).map_err(unwritable)?;
    Ok(directory.join(format!("{name}.log")))
}

/// The line of a tool's output that says most: the last one that speaks of an error and is more than a label.
fn telling_line(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let says = |line: &&&str| {
        let lower = line.to_lowercase();
        let error = lower.starts_with("npm err") || lower.starts_with("e:") || lower.contains("error:");
        error && line.split_whitespace().count() > 4 && !lower.contains("complete log of this run")
    };
    let line = lines.iter().find(says).or(lines.last()).copied().unwrap_or("no output");
    line.chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let failure =
            stream(&mut Command::new("no-such-program-here")).map_err(|failure| failure.to_string());
        let said = "no-such-program-here is missing: no such program on PATH; \
                    install no-such-program-here and put it on PATH";
        assert_eq!(failure, Err(said.to_owned()));
    }

    #[test]
    fn the_reason_of_a_failed_download_is_found_in_the_output() {
        let output = "npm ci\nnpm error code ENOTFOUND\nnpm error network request to the registry failed, reason: x\n\
                      npm error A complete log of this run can be found in: y\n";
        assert_eq!(telling_line(output), "npm error network request to the registry failed, reason: x");
        assert_eq!(telling_line(""), "no output");
    }

    #[test]
    fn a_quiet_command_that_fails_says_why_in_one_line() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo 'E: there is no package called x' >&2; exit 4"]);
        let said =
            quiet(&mut command, "test-quiet", "check the network").map_err(|failure| failure.to_string());
        let Err(said) = said else { panic!("the command failed") };
        assert!(said.contains("E: there is no package called x; check the network"), "{said}");
        assert!(!said.contains('\n'), "{said}");
    }

    #[test]
    fn counted_output_is_summed_and_the_exit_code_kept() {
        let mut command = Command::new("sh");
        command
            .args(["-c", "echo 'test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured'; exit 101"]);
        let mut counts = Counts::default();
        assert!(counted(&mut command, Runner::Cargo, &mut counts).is_err());
        assert_eq!(counts, Counts { passed: 2, failed: 1, skipped: 0 });
    }
}
