//! Every command a person types: `cargo xtask run`, `cargo xtask test`, …
//!
//! It gets what a fresh machine lacks, then hands over to cargo, npm and the server's own binary. Standard library
//! only, so that it builds in a second. Every failure is one line on standard error and an exit code other than 0.
#![expect(clippy::print_stdout, reason = "a command-line tool speaks on standard output")]

mod arguments;
mod commands;
mod counts;
mod data;
mod deny;
mod dev;
mod engine;
mod failure;
mod front;
mod machine;
mod pins;
mod process;
mod schemathesis;
mod suite;

use arguments::Arguments;
use commands::{COMMANDS, Command};
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let Some(name) = words.next() else {
        eprint!("{}", overview());
        return ExitCode::from(2);
    };
    if ["--help", "-h", "help"].contains(&name.as_str()) {
        print!("{}", overview());
        return ExitCode::SUCCESS;
    }
    let Some(command) = COMMANDS.iter().find(|command| command.name == name) else {
        let names: Vec<&str> = COMMANDS.iter().map(|command| command.name).collect();
        eprintln!(
            "error: there is no command {name:?}: the commands are {}; see cargo xtask --help",
            names.join(", ")
        );
        return ExitCode::from(2);
    };
    let arguments = Arguments::new(words);
    if arguments.has("--help") || arguments.has("-h") {
        print!("{}", help(command));
        return ExitCode::SUCCESS;
    }
    if let Err(failure) = arguments.only(command.switches) {
        failure.print();
        return ExitCode::from(2);
    }
    (command.run)(&arguments).unwrap_or_else(|failure| {
        failure.print();
        ExitCode::FAILURE
    })
}

fn overview() -> String {
    let mut text = "cargo xtask <command>, from anywhere in the project\n\n".to_owned();
    for command in COMMANDS {
        text.push_str(&format!("  {:<8}{}\n", command.name, command.summary));
    }
    text + "\ncargo xtask <command> --help says more\n"
}

fn help(command: &Command) -> String {
    let usage = format!("cargo xtask {} {}", command.name, command.usage);
    format!("{}\n\n{}\n\n{}\n", usage.trim_end(), command.summary, command.help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_its_help() {
        let all = overview();
        for command in COMMANDS {
            assert!(all.contains(&format!("  {:<8}{}", command.name, command.summary)), "{}", command.name);
            assert!(help(command).starts_with(&format!("cargo xtask {}", command.name)), "{}", command.name);
            assert!(command.help.ends_with('.'), "{}: a sentence", command.name);
        }
    }

    #[test]
    fn the_commands_of_the_original_system_keep_their_names() {
        for name in ["run", "test", "dev", "build", "start", "check", "lint", "fix", "format", "bench"] {
            assert_eq!(COMMANDS.iter().filter(|command| command.name == name).count(), 1, "{name}");
        }
    }
}
