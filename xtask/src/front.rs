//! The front end: its packages and its build, each done only when something changed.

use crate::failure::Failure;
use crate::machine;
use crate::process;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What the binary embeds; each builds to `dist/`.
const BUILT: [&str; 3] = ["tracker", "dashboard", "demo-shop"];

/// What a build reads besides the folders of [`BUILT`].
const SHARED: [&str; 4] = ["package.json", "package-lock.json", "tsconfig.base.json", "tooling"];

/// Installs the pinned packages when they are missing or the lock file changed since.
pub(crate) fn install() -> Result<(), Failure> {
    machine::need_node()?;
    let root = machine::root();
    let stamp = root.join("node_modules/.installed-lock");
    let lock = read(&root.join("package-lock.json"))?;
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    println!("installing the front end's packages (npm ci)");
    let remedy =
        "mend what it names (often the network, or the registry in your npm configuration), then try again";
    process::quiet(&mut process::npm(&["ci", "--no-audit", "--no-fund"]), "npm-ci", remedy)?;
    write(&stamp, &lock)
}

/// Builds tracker, dashboard and demo shop when a source is newer than the last build.
pub(crate) fn build() -> Result<(), Failure> {
    let root = machine::root();
    let stamp = root.join("node_modules/.built");
    let built = BUILT.iter().all(|part| root.join(part).join("dist").is_dir());
    if built && modified(&stamp) >= newest_source(&root) {
        return Ok(());
    }
    // The stamp is made before the build and named after it: what is saved meanwhile is built by the next one, and
    // a build that failed or was interrupted leaves no stamp.
    let building = root.join("node_modules/.building");
    let _ = fs::remove_file(&stamp);
    write(&building, "")?;
    println!("building tracker, dashboard and demo shop (npm run build)");
    let remedy = "mend what the message names, then try again";
    process::quiet(&mut process::npm(&["run", "build"]), "npm-build", remedy)?;
    fs::rename(&building, &stamp).map_err(|error| {
        Failure::new("the build could not be noted", error, format!("check {}", stamp.display()))
    })
}

/// Newest change below the parts that are built (their folders included, so that a removed file counts).
pub(crate) fn newest_source(root: &Path) -> Option<SystemTime> {
    newest(BUILT.iter().chain(&SHARED).map(|part| root.join(part)))
}

/// Newest change in files and folders, except what builds write.
pub(crate) fn newest(paths: impl Iterator<Item = PathBuf>) -> Option<SystemTime> {
    paths.filter_map(|path| newest_below(&path)).max()
}

fn newest_below(path: &Path) -> Option<SystemTime> {
    let name = path.file_name()?.to_string_lossy();
    if ["dist", "node_modules", "target"].contains(&name.as_ref()) || name.starts_with('.') {
        return None;
    }
    if !path.is_dir() {
        return modified(path);
    }
    let entries: Vec<PathBuf> = fs::read_dir(path).ok()?.flatten().map(|entry| entry.path()).collect();
    // A folder's own time tells of removed files, but also of a `dist` made in it, so folders that hold one don't.
    let own = if entries.iter().any(|entry| entry.ends_with("dist")) { None } else { modified(path) };
    entries.iter().filter_map(|entry| newest_below(entry)).chain(own).max()
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| {
        Failure::new(format!("{} cannot be read", path.display()), error, "is the checkout complete?")
    })
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text).map_err(|error| {
        Failure::new(
            format!("{} cannot be written", path.display()),
            error,
            "check the disk and its permissions",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn touch(path: &Path, seconds: u64) {
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        fs::File::open(path).unwrap().set_modified(at).unwrap();
    }

    #[test]
    fn what_a_build_writes_is_no_source_and_a_removed_file_is_a_change() {
        let root = std::env::temp_dir().join(format!("xtask-newest-{}", std::process::id()));
        let source = root.join("tracker/src");
        fs::create_dir_all(&source).unwrap();
        fs::create_dir_all(root.join("tracker/dist")).unwrap();
        fs::write(source.join("a.ts"), "").unwrap();
        fs::write(root.join("tracker/dist/ut.js"), "").unwrap();
        touch(&source.join("a.ts"), 100);
        touch(&source, 90);
        let seconds = |time: Option<SystemTime>| {
            time.unwrap().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()
        };
        assert_eq!(seconds(newest_source(&root)), 100);
        fs::remove_file(source.join("a.ts")).unwrap();
        assert!(seconds(newest_source(&root)) > 100, "removing a file changes its folder");
        fs::remove_dir_all(&root).unwrap();
    }
}
