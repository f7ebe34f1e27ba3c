//! schemathesis, which asks the server everything its own document allows and much that it does not: installed once, by
//! the pins in `contract/schemathesis/requirements.txt`, where the tests look for it.

use crate::failure::Failure;
use crate::machine;
use crate::process;
use std::fs;
use std::path::Path;

const PINS: &str = "contract/schemathesis/requirements.txt";

/// Fills the folder of the pinned version in the user's cache, unless it is there.
pub(crate) fn install() -> Result<(), Failure> {
    let pins = machine::root().join(PINS);
    let unreadable = |error: std::io::Error| {
        Failure::new(format!("{PINS} cannot be read"), error, "is the checkout complete?")
    };
    let text = fs::read_to_string(&pins).map_err(unreadable)?;
    let version = version(&text).ok_or_else(|| {
        Failure::new(format!("{PINS} pins no schemathesis"), "no such line", "is it whole?")
    })?;
    let folder = machine::cache()?.join("tools").join(format!("schemathesis-{version}"));
    if folder.join("bin/st").is_file() {
        return Ok(());
    }
    machine::need_pip()?;
    println!("installing schemathesis {version} (once per user)");
    // Filled beside its place and renamed, so that nobody ever sees half of it.
    let partial = folder.with_extension(format!("partial-{}", std::process::id()));
    let outcome = fill(&pins, &partial).and_then(|()| publish(&partial, &folder));
    let _ = fs::remove_dir_all(&partial);
    outcome
}

fn version(pins: &str) -> Option<&str> {
    let pin = pins.lines().find_map(|line| line.strip_prefix("schemathesis=="))?;
    pin.split_whitespace().next()
}

fn fill(pins: &Path, partial: &Path) -> Result<(), Failure> {
    let mut install = process::in_root("python3", &["-m", "pip", "install", "--disable-pip-version-check"]);
    install.args(["--quiet", "--no-deps", "--require-hashes", "--only-binary=:all:", "--requirement"]);
    install.arg(pins).arg("--target").arg(partial);
    let remedy =
        "mend what it names (often the network, or the index in your pip configuration), then try again";
    process::quiet(&mut install, "schemathesis", remedy)
}

fn publish(partial: &Path, folder: &Path) -> Result<(), Failure> {
    let _ = fs::remove_dir_all(folder);
    match fs::rename(partial, folder) {
        // Somebody else may have been faster: the same pins make the same content.
        Err(error) if !folder.is_dir() => {
            let what = format!("{} cannot be written", folder.display());
            Err(Failure::new(what, error, "check the disk and its permissions"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_the_one_that_is_pinned() {
        let text = fs::read_to_string(machine::root().join(PINS)).unwrap_or_default();
        assert!(
            version(&text).is_some_and(|version| version.starts_with(|first: char| first.is_ascii_digit()))
        );
        assert_eq!(version("other==1\nschemathesis==2.0 \\\n  --hash=x"), Some("2.0"));
    }
}
