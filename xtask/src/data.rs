//! The data sets inside the binary: downloaded and converted once, when their pins are new to this machine.

use crate::failure::Failure;
use crate::front;
use crate::machine;
use crate::pins;
use crate::process;
use std::fs;
use std::path::Path;

/// Fills the folder that the server's build reads, unless it is there.
pub(crate) fn install() -> Result<(), Failure> {
    let root = machine::root();
    let caches = machine::caches()?;
    let folder = pins::folder(&root, &caches).map_err(|error| {
        Failure::new("the pins of the data sets cannot be read", error, "is the checkout complete?")
    })?;
    if pins::FILES.iter().all(|name| folder.join(name).is_file()) {
        return Ok(());
    }
    front::install()?;
    machine::need_pip()?;
    println!("getting the data sets that go into the server (pip download)");
    // Filled beside its place and renamed, so that nobody ever sees half of it.
    let partial = folder.with_extension(format!("partial-{}", std::process::id()));
    let outcome = fill(&root, &partial).and_then(|()| publish(&partial, &folder));
    let _ = fs::remove_dir_all(&partial);
    outcome
}

fn fill(root: &Path, partial: &Path) -> Result<(), Failure> {
    let wheels = partial.join("wheels");
    fs::create_dir_all(&wheels).map_err(|error| unwritable(&wheels, error))?;
    let mut download = process::in_root("python3", &["-m", "pip", "download", "--disable-pip-version-check"]);
    download.args(["--no-deps", "--require-hashes", "--only-binary=:all:", "--requirement"]);
    download.arg(root.join("datasets/requirements.txt")).arg("--dest").arg(&wheels);
    let remedy =
        "mend what it names (often the network, or the index in your pip configuration), then try again";
    process::quiet(&mut download, "pip-download", remedy)?;
    let mut convert = process::in_root("python3", &["datasets/convert.py"]);
    convert
        .arg(&wheels)
        .arg(root.join("node_modules/crawler-user-agents/crawler-user-agents.json"))
        .arg(partial);
    process::quiet(
        &mut convert,
        "datasets",
        "is one of the pins in datasets/ of another shape than the rest?",
    )?;
    fs::remove_dir_all(&wheels).map_err(|error| unwritable(&wheels, error))
}

/// Puts a filled folder in its place. Somebody else may have been faster: the same pins make the same content.
fn publish(partial: &Path, folder: &Path) -> Result<(), Failure> {
    let _ = fs::remove_dir_all(folder);
    match fs::rename(partial, folder) {
        Err(error) if !folder.is_dir() => Err(unwritable(folder, error)),
        _ => Ok(()),
    }
}

fn unwritable(path: &Path, error: std::io::Error) -> Failure {
    Failure::new(format!("{} cannot be written", path.display()), error, "check the disk and its permissions")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn scratch(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()))
    }

    #[test]
    fn a_changed_pin_leads_to_another_folder() {
        let root = scratch("pins");
        fs::create_dir_all(root.join("datasets")).unwrap();
        for pin in pins::PINS {
            fs::write(root.join(pin), "1").unwrap();
        }
        let caches = Path::new("/cache");
        let before = pins::folder(&root, caches).unwrap();
        assert_eq!(before, pins::folder(&root, caches).unwrap());
        assert_eq!(before.parent(), Some(Path::new("/cache/universal-tracking/datasets")));
        for pin in pins::PINS {
            fs::write(root.join(pin), "2").unwrap();
            assert_ne!(before, pins::folder(&root, caches).unwrap(), "{pin}");
            fs::write(root.join(pin), "1").unwrap();
        }
        fs::remove_dir_all(&root).unwrap();
    }

    #[test]
    fn a_filled_folder_takes_its_place_even_where_an_incomplete_one_is() {
        let root = scratch("publish");
        let (partial, folder) = (root.join("partial"), root.join("folder"));
        for directory in [&partial, &folder] {
            fs::create_dir_all(directory).unwrap();
        }
        fs::write(partial.join("whole"), "").unwrap();
        publish(&partial, &folder).unwrap();
        assert!(folder.join("whole").is_file() && !partial.exists());
        fs::remove_dir_all(&root).unwrap();
    }
}
