//! What follows the command's name.

use crate::failure::Failure;
use crate::machine;

/// The words before `--` are ours, those after it are passed on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Arguments {
    words: Vec<String>,
    passed_on: Vec<String>,
}

impl Arguments {
    /// Splits at the first `--`.
    pub(crate) fn new(arguments: impl Iterator<Item = String>) -> Self {
        let mut all: Vec<String> = arguments.collect();
        let passed_on = match all.iter().position(|word| word == "--") {
            Some(at) => all.split_off(at).split_off(1),
            None => Vec::new(),
        };
        Self { words: all, passed_on }
    }

    /// The words before `--`.
    pub(crate) fn words(&self) -> &[String] {
        &self.words
    }

    /// The words after `--`.
    pub(crate) fn passed_on(&self) -> &[String] {
        &self.passed_on
    }

    /// Was a switch given?
    pub(crate) fn has(&self, switch: &str) -> bool {
        self.words.iter().any(|word| word == switch)
    }

    /// The value of `--name VALUE` or `--name=VALUE`, if it was given.
    pub(crate) fn value(&self, name: &str) -> Result<Option<String>, Failure> {
        value_in(&self.words, name)
    }

    /// The port the demo will listen on: `--port` here or after `--`, `PORT` in the environment or in `.env`, 3000.
    pub(crate) fn port(&self) -> Result<u16, Failure> {
        let given = match self.value("--port")? {
            Some(port) => Some(port),
            None => value_in(&self.passed_on, "--port")?,
        };
        let text = given.or_else(|| machine::variable("PORT")).or_else(port_in_dot_env);
        let Some(text) = text else { return Ok(3000) };
        text.parse().map_err(|_| {
            Failure::new(
                format!("{text:?} is no port"),
                "a port is a number from 0 to 65535",
                "for example --port 3001",
            )
        })
    }

    /// Refuses words a command does not know: `switches` names them, with `=` at the end when a value follows;
    /// `*` takes anything.
    pub(crate) fn only(&self, switches: &[&str]) -> Result<(), Failure> {
        let mut words = self.words.iter();
        while let Some(word) = words.next() {
            let (name, valued) =
                word.split_once('=').map_or((word.as_str(), false), |(name, _)| (name, true));
            if switches.contains(&format!("{name}=").as_str()) {
                // The value is the next word, unless it stands behind the `=`.
                if !valued {
                    words.next();
                }
            } else if !switches.contains(&"*") && (valued || !switches.contains(&name)) {
                return Err(unknown(word));
            }
        }
        Ok(())
    }
}

fn unknown(word: &str) -> Failure {
    Failure::new(format!("unknown argument {word:?}"), "the command does not know it", "see --help")
}

fn value_in(words: &[String], name: &str) -> Result<Option<String>, Failure> {
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let value = match word.strip_prefix(name) {
            Some("") => words.next().cloned(),
            Some(rest) => rest.strip_prefix('=').map(str::to_owned),
            None => continue,
        };
        let missing = || {
            Failure::new(format!("{name} has no value"), "a value must follow", format!("e.g. {name} 3001"))
        };
        return value.filter(|value| !value.is_empty()).map(Some).ok_or_else(missing);
    }
    Ok(None)
}

fn port_in_dot_env() -> Option<String> {
    let text = std::fs::read_to_string(".env").ok()?;
    let value = text.lines().rev().find_map(|line| line.trim().strip_prefix("PORT=").map(str::to_owned))?;
    Some(value.trim().trim_matches(['"', '\'']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(text: &str) -> Arguments {
        Arguments::new(text.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn what_follows_two_dashes_is_passed_on() {
        let arguments = arguments("--port 4000 -- --traffic 5 -- x");
        assert_eq!(arguments.words(), ["--port", "4000"]);
        assert_eq!(arguments.passed_on(), ["--traffic", "5", "--", "x"]);
    }

    #[test]
    fn the_port_may_be_given_in_either_place() {
        for given in ["--port 4001", "--port=4001", "-- --port 4001"] {
            assert_eq!(arguments(given).port().ok(), Some(4001), "{given}");
        }
        for bad in ["--port", "--port=", "--port x", "--port 70000"] {
            assert!(arguments(bad).port().is_err(), "{bad}");
        }
    }

    #[test]
    fn unknown_words_are_refused_and_known_ones_are_not() {
        assert!(arguments("--port 4000 -- --anything").only(&["--port="]).is_ok());
        assert!(arguments("--port=4000").only(&["--port="]).is_ok());
        assert!(arguments("--prot 4000").only(&["--port="]).is_err());
        assert!(arguments("--demo").only(&["--demo"]).is_ok());
        assert!(arguments("--demo=1").only(&["--demo"]).is_err());
        assert!(arguments("now").only(&[]).is_err());
        assert!(arguments("ingest --seconds=3").only(&["*"]).is_ok());
    }
}
