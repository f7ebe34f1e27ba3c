//! What the system says of a process, and how much it lets a test have.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Resident memory of a process in KiB.
pub(super) fn resident(pid: u32) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// Open files of a process, connections included.
pub(super) fn files_of(pid: u32) -> usize {
    std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count()
}

/// `wanted` connections, or as many as this user may open: the server gets the same limit.
pub(super) fn room_for(wanted: usize) -> usize {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    let _ = setrlimit(Resource::Nofile, raised);
    let allowed =
        getrlimit(Resource::Nofile).current.map_or(usize::MAX, |most| usize::try_from(most).unwrap());
    let room = wanted.min(allowed.saturating_sub(1500));
    if room < wanted {
        println!("this user may open {allowed} files: {room} idle connections instead of {wanted}");
    }
    room
}
