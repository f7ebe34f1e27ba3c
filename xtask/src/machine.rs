//! What this machine has, and how to get what it lacks.

use crate::failure::Failure;
use crate::process;
use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

/// The oldest Node.js the front end is built and tested with (`engines` of package.json): 20.19.
const NODE: (u32, u32) = (20, 19);

/// The oldest Chromium the browser tests pass with: before it, soft navigations are not reported.
const CHROMIUM: u32 = 151;

/// The project's root.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// Where cargo builds to: this program is in `<build directory>/debug`.
pub(crate) fn build_directory() -> PathBuf {
    let program = std::env::current_exe().unwrap_or_default();
    // A test binary is one level deeper, in `debug/deps`.
    let profile = program.ancestors().find(|path| path.ends_with("debug") || path.ends_with("release"));
    profile.and_then(Path::parent).map_or_else(|| root().join("target"), Path::to_path_buf)
}

/// A variable of the environment.
#[expect(
    clippy::disallowed_methods,
    reason = "this tool has no configuration but its arguments and the machine's"
)]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// This project's part of the user's cache, which outlives checkouts and build directories.
pub(crate) fn cache() -> Result<PathBuf, Failure> {
    caches().map(|caches| caches.join("universal-tracking"))
}

/// This user's cache.
pub(crate) fn caches() -> Result<PathBuf, Failure> {
    let caches = variable("XDG_CACHE_HOME").map(PathBuf::from);
    let caches = caches.or_else(|| variable("HOME").map(|home| PathBuf::from(home).join(".cache")));
    let nowhere =
        || Failure::new("there is no cache folder", "HOME is not set", "set HOME or XDG_CACHE_HOME");
    caches.ok_or_else(nowhere)
}

/// Where a program is on PATH.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = variable("PATH")?;
    std::env::split_paths(&path)
        .map(|directory| directory.join(program))
        .find(|candidate| candidate.is_file())
}

/// Node.js and npm are here and new enough.
pub(crate) fn need_node() -> Result<(), Failure> {
    let remedy = format!("install Node.js {}.{} or newer with npm", NODE.0, NODE.1);
    for program in ["node", "npm"] {
        if find(program).is_none() {
            return Err(Failure::new(format!("{program} is missing"), "no such program on PATH", remedy));
        }
    }
    let output = process::in_root("node", &["--version"]).output();
    let output = output.map_err(|error| Failure::new("node does not run", error, &remedy))?;
    let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    match major_minor(&version) {
        Some(found) if found >= NODE => Ok(()),
        _ => Err(Failure::new("Node.js is too old", format!("node --version says {version:?}"), remedy)),
    }
}

fn major_minor(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.strip_prefix('v')?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// The browser of the browser tests; installed, or brought up to date, when this process may.
pub(crate) fn need_chromium() -> Result<PathBuf, Failure> {
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let found = || names.iter().find_map(|name| find(name));
    let version = |path: &Path| {
        let output = process::in_root(path.to_str()?, &["--version"]).output().ok()?;
        browser_version(&String::from_utf8_lossy(&output.stdout))
    };
    let good = |path: &PathBuf| version(path).is_some_and(|version| version >= CHROMIUM);
    if let Some(path) = found().filter(good) {
        return Ok(path);
    }
    apt_install("chromium", &format!("the browser tests need version {CHROMIUM} or newer"))?;
    let path = found().ok_or_else(|| {
        Failure::new(
            "chromium is missing",
            "apt-get installed no program of that name",
            "install a Chromium on PATH",
        )
    })?;
    if good(&path) {
        return Ok(path);
    }
    let says =
        version(&path).map_or_else(|| "does not say its version".to_owned(), |it| format!("is version {it}"));
    Err(Failure::new(
        "Chromium is too old",
        format!("{} {says}; the browser tests need version {CHROMIUM} or newer", path.display()),
        format!("put a Chromium of version {CHROMIUM} or newer on PATH"),
    ))
}

/// The major version in what a Chromium answers to `--version`: "Chromium 156.0.8078.79 built on Debian".
fn browser_version(said: &str) -> Option<u32> {
    said.split_whitespace().find_map(|word| word.split_once('.')?.0.parse().ok())
}

/// A program of the system's packages that tests run; installed when this process may.
pub(crate) fn need_program(program: &str, package: &str, why: &str) -> Result<(), Failure> {
    // `sbin` is on the path of administrators only.
    let elsewhere = ["/usr/sbin", "/usr/local/sbin"].map(|folder| Path::new(folder).join(program));
    if find(program).is_some() || elsewhere.iter().any(|path| path.is_file()) {
        return Ok(());
    }
    apt_install(package, why)
}

/// Python with its package client; the latter is installed when this process may.
pub(crate) fn need_pip() -> Result<(), Failure> {
    let why = "the data sets that go into the server are Python packages";
    let remedy = "install Python 3.8 or newer with pip";
    if find("python3").is_none() {
        return Err(Failure::new("python3 is missing", why, remedy));
    }
    let works = || {
        let output = process::in_root("python3", &["-m", "pip", "--version"]).output();
        output.is_ok_and(|output| output.status.success())
    };
    if works() {
        return Ok(());
    }
    apt_install("python3-pip", why)?;
    if works() {
        return Ok(());
    }
    let found = find("python3").unwrap_or_default();
    Err(Failure::new("pip is missing", format!("{} has no module pip; {why}", found.display()), remedy))
}

fn apt_install(package: &str, why: &str) -> Result<(), Failure> {
    let by_hand = format!("apt-get update && apt-get install -y --no-install-recommends {package}");
    if find("apt-get").is_none() {
        return Err(Failure::new(
            format!("{package} is missing"),
            why,
            format!("install {package} and put it on PATH"),
        ));
    }
    if !is_root() {
        return Err(Failure::new(
            format!("{package} is missing"),
            why,
            format!("run: sudo sh -c '{by_hand}'"),
        ));
    }
    println!("installing {package} with apt-get ({why})");
    let remedy = format!("check the network and the package sources, then run: {by_hand}");
    let mut update = process::in_root("apt-get", &["update"]);
    process::quiet(&mut update, "apt-update", &remedy)?;
    let mut install = process::in_root("apt-get", &["install", "-y", "--no-install-recommends", package]);
    process::quiet(install.env("DEBIAN_FRONTEND", "noninteractive"), &format!("apt-{package}"), &remedy)
}

fn is_root() -> bool {
    process::in_root("id", &["-u"]).output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// Nobody listens on the port yet.
pub(crate) fn need_port(port: u16) -> Result<(), Failure> {
    match TcpListener::bind(("127.0.0.1", port)) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => Err(Failure::new(
            format!("port {port} is taken"),
            format!("another program listens on 127.0.0.1:{port}"),
            format!(
                "stop it, or choose another port: cargo xtask run --port {}",
                port.wrapping_add(1).max(1024)
            ),
        )),
        Err(error) => Err(Failure::new(
            format!("port {port} cannot be used"),
            error,
            "choose another port: cargo xtask run --port 8080",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_node_are_compared_as_numbers() {
        assert_eq!(major_minor("v20.20.2"), Some((20, 20)));
        assert!(major_minor("v8.1.0") < Some(NODE) && major_minor("v20.9.0") < Some(NODE));
        assert!(major_minor("v100.0.0") > Some(NODE));
        assert_eq!(major_minor("nonsense"), None);
    }

    #[test]
    fn a_browser_says_its_version() {
        assert_eq!(
            browser_version("Chromium 156.0.8078.79 built on Debian GNU/Linux 12 (bookworm)\n"),
            Some(156)
        );
        assert_eq!(browser_version("Google Chrome 99.0.1 "), Some(99));
        assert_eq!(browser_version("Command '/usr/bin/chromium' requires the chromium snap"), None);
    }

    #[test]
    fn a_taken_port_is_named_with_the_way_out() {
        let Ok(taken) = TcpListener::bind("127.0.0.1:0") else { panic!("loopback works") };
        let Ok(address) = taken.local_addr() else { panic!("it is bound") };
        let Err(failure) = need_port(address.port()) else { panic!("the port is taken") };
        let said = failure.to_string();
        assert!(said.starts_with(&format!("port {} is taken: another program", address.port())), "{said}");
        assert!(said.contains("cargo xtask run --port "), "{said}");
        drop(taken);
        assert!(need_port(address.port()).is_ok());
    }

    #[test]
    fn the_root_holds_the_workspace_manifest() {
        assert!(root().join("Cargo.lock").is_file());
    }
}
