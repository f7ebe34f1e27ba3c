//! A reader of a shop's live stream.

use crate::server::{Ours, Site};
use crate::{Outcome, http};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// What a reader was shown.
#[derive(Debug, Default)]
pub(super) struct Shown {
    /// Which line when.
    pub(super) lines: HashMap<String, Instant>,
    /// How many pictures of the shop.
    pub(super) pictures: u32,
}

impl Shown {
    fn take(&mut self, line: &str) {
        if let Some(id) = line.strip_prefix("id:") {
            self.lines.entry(id.trim().to_owned()).or_insert_with(Instant::now);
        } else if line.strip_prefix("event:").is_some_and(|event| event.trim() == "presence") {
            self.pictures += 1;
        }
    }
}

/// Reads until `over`.
pub(super) fn watch(ours: &Ours, site: &Site, over: &AtomicBool) -> Outcome<Shown> {
    let failed = |error: std::io::Error| format!("the live stream of {}: {error}", site.domain);
    let mut stream = TcpStream::connect(("127.0.0.1", ours.server.port)).map_err(failed)?;
    stream.set_read_timeout(Some(Duration::from_millis(200))).map_err(failed)?;
    let head = http::headers(Some(&site.token));
    let request = format!("GET /presence/stream?site={} HTTP/1.1\r\n{head}\r\n", site.domain);
    stream.write_all(request.as_bytes()).map_err(failed)?;
    let (mut shown, mut lines, mut line) = (Shown::default(), BufReader::new(stream), Vec::new());
    let mut first = true;
    while !over.load(Ordering::Relaxed) {
        // What came before a time-out stays in `line`.
        match lines.read_until(b'\n', &mut line) {
            Ok(0) => return Err(format!("the live stream of {} ended", site.domain)),
            Ok(_) => {}
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => continue,
            Err(error) => return Err(failed(error)),
        }
        let text = String::from_utf8_lossy(&line);
        if std::mem::take(&mut first) && !text.starts_with("HTTP/1.1 200") {
            return Err(format!("the live stream of {} answered {}", site.domain, text.trim_end()));
        }
        shown.take(&text);
        line.clear();
    }
    Ok(shown)
}

#[cfg(test)]
mod tests {
    use super::Shown;

    #[test]
    fn lines_are_known_by_their_ids_and_pictures_are_counted() {
        let mut shown = Shown::default();
        for line in ["event: presence\n", "data: {}\n", "event: activity\n", "id: a\n", "id: a\n", "id: b\n"]
        {
            shown.take(line);
        }
        assert_eq!((shown.pictures, shown.lines.len()), (1, 2));
        assert!(shown.lines.contains_key("a"));
    }
}
