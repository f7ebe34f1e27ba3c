//! CPU time of a process and its children, of some of its threads, and its memory, from `/proc`.

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

/// CPU-seconds of the threads of `pid` whose names begin with one of `names`. They live as long as their process, so
/// nothing is lost with those that have ended.
pub(crate) fn seconds_of_threads(pid: u32, names: &[&str]) -> Outcome<f64> {
    let gone = |error| format!("the server (process {pid}) has ended: {error}");
    let mut ticks = 0;
    for task in std::fs::read_dir(format!("/proc/{pid}/task")).map_err(gone)?.flatten() {
        let Ok(stat) = std::fs::read_to_string(task.path().join("stat")) else { continue };
        let name =
            stat.split_once('(').and_then(|(_, rest)| rest.rsplit_once(')')).map_or("", |(name, _)| name);
        if names.iter().any(|begin| name.starts_with(begin)) {
            ticks += parse(&stat).map_or(0, |(_, ticks)| ticks);
        }
    }
    Ok(ticks as f64 / TICKS)
}

/// CPU-seconds of the thread that asks, to the nanosecond.
pub(crate) fn seconds_of_this_thread() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// Resident memory of `pid`.
pub(crate) fn resident_mb(pid: u32) -> Outcome<Resident> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"));
    let status = status.map_err(|error| format!("the server (process {pid}) has ended: {error}"))?;
    let kilobytes = |field: &str| -> f64 {
        let line = status.lines().find_map(|line| line.strip_prefix(field)?.split_whitespace().next());
        line.and_then(|number| number.parse().ok()).unwrap_or(f64::NAN)
    };
    Ok(Resident { all: kilobytes("VmRSS:") / 1024.0, own: kilobytes("RssAnon:") / 1024.0 })
}

/// Memory in MB.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Resident {
    /// With the pages of mapped files: the program, and the engine's library.
    pub(crate) all: f64,
    /// Without them.
    pub(crate) own: f64,
}

/// Keeps this process on one core.
pub(crate) fn stay_on(core: usize) -> Outcome<()> {
    let mut cores = rustix::thread::CpuSet::new();
    cores.set(core);
    rustix::thread::sched_setaffinity(None, &cores).map_err(|error| format!("core {core}: {error}"))
}

/// What everybody else took of the machine meanwhile, in cores: figures of a busy machine deserve less trust.
#[derive(Debug)]
pub(crate) struct Others {
    server: u32,
    began: Instant,
    busy: f64,
    ours: f64,
}

impl Others {
    /// Begins to look.
    pub(crate) fn watch(server: u32) -> Outcome<Self> {
        let ours = seconds(server)? + seconds_of_threads(std::process::id(), &[""])?;
        Ok(Self { server, began: Instant::now(), busy: busy()?, ours })
    }

    /// Cores that others kept busy since.
    pub(crate) fn cores(&self) -> Outcome<f64> {
        let now = Self::watch(self.server)?;
        let others = (now.busy - self.busy) - (now.ours - self.ours);
        Ok((others / self.began.elapsed().as_secs_f64()).max(0.0))
    }
}

/// CPU-seconds of all cores since the machine started, idle ones left out.
fn busy() -> Outcome<f64> {
    let text = std::fs::read_to_string("/proc/stat").map_err(|error| format!("/proc/stat: {error}"))?;
    let fields = text.lines().next().unwrap_or_default().split_whitespace().skip(1);
    let ticks: Vec<f64> = fields.filter_map(|field| field.parse().ok()).collect();
    // user nice system idle iowait irq softirq steal
    Ok(ticks
        .iter()
        .take(8)
        .enumerate()
        .filter(|(at, _)| !matches!(at, 3 | 4))
        .map(|(_, ticks)| ticks)
        .sum::<f64>()
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
    fn threads_are_told_apart_by_their_names() {
        let busy = std::thread::Builder::new().name("bench-busy-1".to_owned()).spawn(|| {
            let mut sum = 0u64;
            while seconds_of_threads(std::process::id(), &["bench-busy"]).unwrap() < 0.03 {
                sum = (0..1_000_000).fold(sum, |sum, n| sum.wrapping_mul(31).wrapping_add(n));
            }
            sum
        });
        let own = seconds_of_this_thread();
        busy.unwrap().join().unwrap();
        assert!(seconds_of_this_thread() - own < 0.02, "another thread's work is not this one's");
        assert_eq!(seconds_of_threads(std::process::id(), &["bench-idle"]).unwrap(), 0.0);
        assert!(resident_mb(std::process::id()).unwrap().all > 1.0);
    }

    #[test]
    fn work_is_seen() {
        let (before, own) = (seconds(std::process::id()).unwrap(), seconds_of_this_thread());
        let mut sum = 0u64;
        while seconds(std::process::id()).unwrap() - before < 0.05 || seconds_of_this_thread() - own < 0.05 {
            sum = (0..1_000_000).fold(sum, |sum, n| sum.wrapping_mul(31).wrapping_add(n));
        }
        assert_ne!(sum, 0);
    }
}
