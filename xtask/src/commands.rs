//! The list of commands; help is made from it.

use crate::arguments::Arguments;
use crate::counts::Runner;
use crate::engine::{self, Profile};
use crate::failure::Failure;
use crate::process::{cargo, npm, stream};
use crate::schemathesis;
use crate::suite::Suite;
use crate::{data, deny, dev, front, machine};
use std::os::unix::process::CommandExt;
use std::process::ExitCode;

/// One command.
pub(crate) struct Command {
    /// Its name.
    pub(crate) name: &'static str,
    /// What may follow the name.
    pub(crate) usage: &'static str,
    /// The switches it knows, see [`Arguments::only`].
    pub(crate) switches: &'static [&'static str],
    /// One line for the list.
    pub(crate) summary: &'static str,
    /// The rest of its help.
    pub(crate) help: &'static str,
    /// Carries it out.
    pub(crate) run: fn(&Arguments) -> Result<ExitCode, Failure>,
}

/// Every command, in the order of the help.
pub(crate) const COMMANDS: &[Command] = &[
    Command {
        name: "run",
        usage: "[--port N] [-- ARGUMENTS]",
        switches: &["--port="],
        summary: "get everything, build, and start the demo shop with a simulated crowd",
        help: "Installs the front end's packages and the embedded engine when they are missing, builds (dev profile) \
               and starts `universal-tracking demo --traffic 20`. What follows `--` goes to that command.",
        run,
    },
    Command {
        name: "test",
        usage: "",
        switches: &[],
        summary: "everything CI runs; the last line is `N passed, N failed, N skipped`",
        help: "Installs what tests need (packages, engine, cargo-deny, and by apt-get when root Chromium, nginx and Caddy), then \
               runs the checks of `check`, cargo-deny, all Rust tests, the front end's tests and the browser tests. A skipped test is a failure.",
        run: test,
    },
    Command {
        name: "check",
        usage: "",
        switches: &[],
        summary: "the short loop: formatting, linters, types, laws of the house, unit tests",
        help: "rustfmt, clippy, the Rust unit tests (crates/tidy among them), tsc, eslint, prettier and the front \
               end's unit tests. No browser, no engine.",
        run: check,
    },
    Command {
        name: "dev",
        usage: "[--demo] [-- ARGUMENTS]",
        switches: &["--demo"],
        summary: "start the server; build and start it again whenever a source changes",
        help: "Runs `universal-tracking serve` (with --demo: `demo --traffic 20`). A change that does not build \
               leaves the running server alone. What follows `--` goes to the server's command.",
        run: dev::dev,
    },
    Command {
        name: "build",
        usage: "",
        switches: &[],
        summary: "release build, front end included",
        help: "The result is target/release/universal-tracking (or in the directory CARGO_TARGET_DIR names).",
        run: build,
    },
    Command {
        name: "start",
        usage: "[-- ARGUMENTS]",
        switches: &[],
        summary: "run the release build's server",
        help: "Runs `universal-tracking serve` as built by `cargo xtask build`. What follows `--` goes to it.",
        run: start,
    },
    Command {
        name: "data",
        usage: "",
        switches: &[],
        summary: "get the pinned data sets that a build of the server needs",
        help: "Downloads the packages that datasets/ pins, with npm and pip, and converts them into the user's cache. \
               Every command that builds does it first.",
        run: get_data,
    },
    Command {
        name: "contract",
        usage: "",
        switches: &[],
        summary: "write contract/openapi.json and contract/event.schema.json as the code says them",
        help: "The tests compare both with the code. Look at the difference before you commit it: it is what \
               programs of others will see.",
        run: contract,
    },
    Command {
        name: "lint",
        usage: "",
        switches: &[],
        summary: "clippy, eslint and the laws of the house",
        help: "Warnings are errors.",
        run: lint,
    },
    Command {
        name: "fix",
        usage: "",
        switches: &[],
        summary: "let clippy and eslint mend what they can, then format",
        help: "Changes files; look at the difference before you commit it.",
        run: fix,
    },
    Command {
        name: "format",
        usage: "",
        switches: &[],
        summary: "rustfmt and prettier",
        help: "Changes files.",
        run: format,
    },
    Command {
        name: "bench",
        usage: "ingest|privacy|queries|clicks|promises [ARGUMENTS]",
        switches: &["*"],
        summary: "benchmarks; figures are ratios to floors measured in the same run",
        help: "`bench ingest` measures what taking an event costs, at the door and all the way into history, how long \
               it takes, what it needs of memory, and whether it costs more with 20 million events stored. Those are made \
               once (some minutes, 1.5 GB in the cache). `bench privacy` measures which share of the door's work filters, \
               consent and sealing are. `bench queries` measures what the first screen costs on them, `bench clicks` how long a \
               person at the dashboard waits for it in Chromium. `bench promises` says which promises \
               (how soon an event is visible, how long reports, the dashboard and /health take) a server with those \
               events keeps while more come in (about six minutes). `bench NAME -- --help` says more. A quiet machine \
               with two cores gives the best figures.",
        run: bench,
    },
];

fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    machine::need_port(arguments.port()?)?;
    prepare(Profile::Dev)?;
    let mut words = vec!["demo".to_owned(), "--traffic".to_owned(), "20".to_owned()];
    if let Some(port) = arguments.value("--port")? {
        words.extend(["--port".to_owned(), port]);
    }
    words.extend_from_slice(arguments.passed_on());
    become_server(Profile::Dev, &words)
}

fn start(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let binary = engine::binary(Profile::Release);
    if !binary.is_file() {
        let what = format!("{} is missing", binary.display());
        return Err(Failure::new(what, "there is no release build yet", "run: cargo xtask build"));
    }
    let words = [&["serve".to_owned()], arguments.passed_on()].concat();
    become_server(Profile::Release, &words)
}

fn build(_: &Arguments) -> Result<ExitCode, Failure> {
    inputs()?;
    engine::build(Profile::Release)?;
    println!("{}", engine::binary(Profile::Release).display());
    Ok(ExitCode::SUCCESS)
}

fn get_data(_: &Arguments) -> Result<ExitCode, Failure> {
    data::install()?;
    Ok(ExitCode::SUCCESS)
}

/// What a build of the server takes in: the built front end and the data sets.
pub(crate) fn inputs() -> Result<(), Failure> {
    front::install()?;
    data::install()?;
    front::build()
}

/// Packages, front end, server and engine.
pub(crate) fn prepare(profile: Profile) -> Result<(), Failure> {
    inputs()?;
    engine::build(profile)?;
    engine::install(profile)
}

/// The server takes this process's place, so that Ctrl-C and signals reach it and nothing else.
fn become_server(profile: Profile, words: &[String]) -> Result<ExitCode, Failure> {
    let error = engine::server(profile, words).exec();
    Err(Failure::new(
        "universal-tracking could not be started",
        error,
        "run `cargo xtask build` and look at its output",
    ))
}

fn test(_: &Arguments) -> Result<ExitCode, Failure> {
    let mut suite = Suite::default();
    let chromium = machine::need_chromium();
    let browser = chromium.as_ref().ok().cloned();
    suite.prepared(chromium.map(|_| ()));
    if !suite.prepared(prepare(Profile::Dev)) {
        return Ok(suite.finish());
    }
    checks(&mut suite);
    match deny::check() {
        Ok(mut command) => suite.check("cargo-deny", &mut command),
        Err(failure) => {
            suite.prepared(Err(failure));
        }
    }
    suite.prepared(schemathesis::install());
    for (program, package) in [("nginx", "nginx-light"), ("caddy", "caddy")] {
        let why = "the tests run what `init` prints for it";
        suite.prepared(machine::need_program(program, package, why));
    }
    suite.tests("cargo test", Runner::Cargo, &mut cargo(&["test", "--workspace", "--no-fail-fast"]));
    suite.tests("front-end tests", Runner::Npm, &mut npm(&["run", "--silent", "test"]));
    if let Some(browser) = browser {
        let mut tests = npm(&["run", "--silent", "test:browser"]);
        suite.tests("browser tests", Runner::Npm, tests.env("CHROMIUM", browser));
    }
    Ok(suite.finish())
}

fn check(_: &Arguments) -> Result<ExitCode, Failure> {
    let mut suite = Suite::default();
    if !suite.prepared(inputs()) {
        return Ok(suite.finish());
    }
    checks(&mut suite);
    suite.tests("unit tests", Runner::Cargo, &mut cargo(&["test", "--workspace", "--lib", "--bins"]));
    suite.tests("front-end tests", Runner::Npm, &mut npm(&["run", "--silent", "test"]));
    Ok(suite.finish())
}

/// What needs no test runner.
fn checks(suite: &mut Suite) {
    suite.check("rustfmt", &mut cargo(&["fmt", "--all", "--check"]));
    suite.check("clippy", &mut cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]));
    let library = ["clippy", "-p", "universal-tracking", "--no-default-features", "--", "-D", "warnings"];
    suite.check("clippy of the library alone", &mut cargo(&library));
    suite.check("tsc", &mut npm(&["run", "--silent", "check"]));
    suite.check("eslint", &mut npm(&["run", "--silent", "lint"]));
    suite.check("prettier", &mut npm(&["run", "--silent", "format:check"]));
}

fn contract(_: &Arguments) -> Result<ExitCode, Failure> {
    inputs()?;
    let mut write = cargo(&["test", "--package", "ut-http", "--lib", "openapi::tests::the_contract"]);
    stream(write.env("UT_WRITE_CONTRACT", "1"))?;
    Ok(ExitCode::SUCCESS)
}

fn lint(_: &Arguments) -> Result<ExitCode, Failure> {
    let mut suite = Suite::default();
    if !suite.prepared(inputs()) {
        return Ok(suite.finish());
    }
    suite.check("clippy", &mut cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]));
    suite.check("eslint", &mut npm(&["run", "--silent", "lint"]));
    suite.tests("laws of the house", Runner::Cargo, &mut cargo(&["test", "--package", "ut-tidy", "--lib"]));
    Ok(suite.finish())
}

fn fix(_: &Arguments) -> Result<ExitCode, Failure> {
    inputs()?;
    let clippy = ["clippy", "--fix", "--allow-dirty", "--allow-staged", "--workspace", "--all-targets"];
    stream(&mut cargo(&clippy))?;
    stream(&mut npm(&["run", "--silent", "lint", "--", "--fix"]))?;
    format_all()
}

fn format(_: &Arguments) -> Result<ExitCode, Failure> {
    front::install()?;
    format_all()
}

fn format_all() -> Result<ExitCode, Failure> {
    stream(&mut cargo(&["fmt", "--all"]))?;
    stream(&mut npm(&["run", "--silent", "format"]))?;
    Ok(ExitCode::SUCCESS)
}

const BENCHMARKS: [&str; 5] = ["ingest", "privacy", "queries", "clicks", "promises"];

fn bench(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let name = arguments.words().first().map(String::as_str);
    if !name.is_some_and(|name| BENCHMARKS.contains(&name)) {
        let names = BENCHMARKS.join(", ");
        let remedy = format!("run: cargo xtask bench {}", BENCHMARKS[0]);
        return Err(Failure::new("bench needs a name", format!("there are {names}"), remedy));
    }
    inputs()?;
    engine::build(Profile::Release)?;
    let mut command = cargo(&["run", "--release", "--package", "ut-benches", "--"]);
    stream(command.args(arguments.words()).args(arguments.passed_on()))?;
    Ok(ExitCode::SUCCESS)
}
