//! CPU time of a process and its children, from `/proc`.

use crate::Outcome;
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// Ticks per second in `/proc`: fixed by the kernel's interface with programs.
const TICKS: f64 = 100.0;
/// A server that takes less than this share of a core has done its work.
const IDLE_SHARE: f64 = 0.04;

/// CPU-seconds of `pid` and all its descendants, also of those that have ended.
pub(crate) fn seconds(pid: u32) -> Outcome<f64> {
    let mut processes = HashMap::new();
    let listing = std::fs::read_dir("/proc").map_err(|error| format!("/proc cannot be read: {error}"))?;
    for entry in listing.flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        // A process may end while the list is read.
        let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else { continue };
        if let Some(process) = parse(&stat) {
            processes.insert(pid, process);
        }
    }
    if !processes.contains_key(&pid) {
        return Err(format!("the server (process {pid}) has ended"));
    }
    let is_ours = |start: u32| {
        let mut at = start;
        while at != pid {
            match processes.get(&at) {
                Some((parent, _)) if *parent != 0 => at = *parent,
                _ => return false,
            }
        }
        true
    };
    Ok(processes.iter().filter(|(pid, _)| is_ours(**pid)).map(|(_, (_, ticks))| ticks).sum::<u64>() as f64
        / TICKS)
}

/// Waits until the server has nothing left to do behind its answers, and returns its CPU-seconds then.
pub(crate) fn seconds_when_idle(pid: u32) -> Outcome<f64> {
    const WINDOW: Duration = Duration::from_millis(500);
    let started = Instant::now();
    let mut before = seconds(pid)?;
    loop {
        std::thread::sleep(WINDOW);
        let now = seconds(pid)?;
        if now - before <= IDLE_SHARE * WINDOW.as_secs_f64() {
            return Ok(now);
        }
        if started.elapsed() > Duration::from_secs(120) {
            return Err("the server still works on the load two minutes after it ended".to_owned());
        }
        before = now;
    }
}

/// Parent and ticks (own and of children that ended) of a line of `/proc/PID/stat`. The name, in brackets, may hold
/// anything, so fields are counted behind the last bracket.
fn parse(stat: &str) -> Option<(u32, u64)> {
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = fields.get(11..15)?.iter().map(|field| field.parse::<u64>().ok()).sum::<Option<u64>>()?;
    Some((fields.get(1)?.parse().ok()?, ticks))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_proc_is_read_behind_the_name() {
        let line = "42 (a) b (c)) S 7 42 42 0 -1 4194304 1 2 3 4 100 20 3 1 20 0 9 0 5 6 7";
        assert_eq!(parse(line), Some((7, 124)));
        assert_eq!(parse("42 (a"), None);
    }

    #[test]
    fn work_is_seen() {
        let before = seconds(std::process::id()).unwrap();
        let mut sum = 0u64;
        while seconds(std::process::id()).unwrap() - before < 0.05 {
            sum = (0..1_000_000).fold(sum, |sum, n| sum.wrapping_mul(31).wrapping_add(n));
        }
        assert_ne!(sum, 0);
    }
}
