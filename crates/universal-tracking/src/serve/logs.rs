//! Log lines go to standard error; standard output belongs to what a command answers.

use crate::config::{LogConfig, LogFormat};
use std::borrow::Cow;
use std::io::{IsTerminal, Write};
use tracing_subscriber::EnvFilter;

/// Starts writing log lines. Later calls change nothing: a process has one log.
pub fn start(logs: &LogConfig) {
    let level = logs.level.0;
    // Below `info` the HTTP machinery tells every byte; its lines never help to understand this program.
    let filter = EnvFilter::new(format!("{level},hyper=warn,hyper_util=warn,reqwest=warn,sqlx=warn"));
    let colours = crate::config::colours() && std::io::stderr().is_terminal();
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(|| OneLine).with_ansi(colours);
    let started = match logs.format {
        LogFormat::Text => lines.with_target(false).try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
    if let Err(error) = started {
        tracing::debug!(%error, "log lines are being written already");
    }
}

/// Standard error, one line per event whatever its values hold: nobody outside can write a line of their own into the
/// log, or to the terminal it is read on.
struct OneLine;

impl Write for OneLine {
    /// The formatter hands every event over in one piece.
    fn write(&mut self, event: &[u8]) -> std::io::Result<usize> {
        std::io::stderr().lock().write_all(&one_line(event)).map(|()| event.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        std::io::stderr().flush()
    }
}

/// Spells control characters out, but for the last line break and colours, which are the formatter's own.
fn one_line(event: &[u8]) -> Cow<'_, [u8]> {
    let body = event.strip_suffix(b"\n").unwrap_or(event);
    if !body.iter().any(u8::is_ascii_control) {
        return Cow::Borrowed(event);
    }
    let mut line = Vec::with_capacity(event.len() + 8);
    for (place, byte) in body.iter().enumerate() {
        match byte {
            b'\x1b' if is_colour(&body[place + 1..]) => line.push(b'\x1b'),
            control if control.is_ascii_control() => line.extend(control.escape_ascii()),
            other => line.push(*other),
        }
    }
    line.push(b'\n');
    Cow::Owned(line)
}

/// `[`, numbers, `m`: it changes how the following text looks, and nothing else.
fn is_colour(after_escape: &[u8]) -> bool {
    let Some(numbers) = after_escape.strip_prefix(b"[") else { return false };
    let end = numbers.iter().position(|byte| !byte.is_ascii_digit() && *byte != b';');
    end.is_some_and(|end| numbers[end] == b'm')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_line_whatever_it_holds() {
        for (event, line) in [
            ("INFO fine\n", "INFO fine\n"),
            ("WARN a\n2026 INFO owner added\r\n\n", "WARN a\\n2026 INFO owner added\\r\\n\n"),
            ("no end", "no end"),
            ("a\nb", "a\\nb\n"),
            ("\u{1b}[32mINFO\u{1b}[0m a\tb\n", "\u{1b}[32mINFO\u{1b}[0m a\\tb\n"),
            ("a\u{1b}[2Jb\u{1b}]0;title\u{7}\u{8}", "a\\x1b[2Jb\\x1b]0;title\\x07\\x08\n"),
            ("a\u{1b}[", "a\\x1b[\n"),
        ] {
            assert_eq!(one_line(event.as_bytes()), line.as_bytes());
        }
    }

    #[test]
    fn the_formatter_hands_an_event_over_in_one_piece() {
        use std::sync::{Arc, Mutex};
        #[derive(Clone, Default)]
        struct Pieces(Arc<Mutex<Vec<Vec<u8>>>>);
        impl Write for Pieces {
            fn write(&mut self, piece: &[u8]) -> std::io::Result<usize> {
                self.0.lock().unwrap().push(piece.to_vec());
                Ok(piece.len())
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let pieces = Pieces::default();
        let writer = pieces.clone();
        let subscriber =
            tracing_subscriber::fmt().with_writer(move || writer.clone()).with_ansi(false).finish();
        tracing::subscriber::with_default(subscriber, || {
            let text = "a\u{1b}[2Jb\nc";
            tracing::warn!(%text, "said {text}");
        });
        let pieces = pieces.0.lock().unwrap();
        assert_eq!(pieces.len(), 1, "{pieces:?}");
        let line = one_line(&pieces[0]);
        assert!(!line.contains(&0x1b) && line.iter().filter(|byte| **byte == b'\n').count() == 1);
    }
}
