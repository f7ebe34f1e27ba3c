//! Runs npm and puts what it says into one line.

use super::InstallError;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How often the caller hears of progress.
const STEP: Duration = Duration::from_millis(250);

/// Runs `npm ci` in `folder`, calling `step` while it works.
pub(super) fn ci(program: &str, folder: &Path, mut step: impl FnMut()) -> Result<(), InstallError> {
    let mut child = Command::new(program)
        .args([
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--no-update-notifier",
            "--loglevel=error",
        ])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => InstallError::NoNpm,
            _ => InstallError::Download(format!("npm does not start: {error}")),
        })?;
    let said = child.stderr.take().map(|mut pipe| {
        // Read on the side: a full pipe would stop npm.
        std::thread::spawn(move || {
            let mut text = Vec::new();
            // What could be read is what there is to say.
            let _ = pipe.read_to_end(&mut text);
            String::from_utf8_lossy(&text).into_owned()
        })
    });
    let success = wait(&mut child, &mut step)?;
    let said = said.and_then(|reader| reader.join().ok()).unwrap_or_default();
    if success { Ok(()) } else { Err(reason(&said)) }
}

fn wait(child: &mut Child, step: &mut impl FnMut()) -> Result<bool, InstallError> {
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status.success()),
            Ok(None) => {
                step();
                std::thread::sleep(STEP);
            }
            Err(error) => return Err(InstallError::Download(format!("npm was lost: {error}"))),
        }
    }
}

/// What npm's `npm error …` lines mean.
fn reason(said: &str) -> InstallError {
    let lines: Vec<&str> = said
        .lines()
        .filter_map(|line| line.strip_prefix("npm error"))
        .map(str::trim)
        .filter(|l| !l.is_empty())
        .collect();
    let code = lines.iter().find_map(|line| line.strip_prefix("code ")).unwrap_or_default();
    match code {
        "EINTEGRITY" => return InstallError::Checksum,
        "ENOSPC" => return InstallError::NoSpace("the disk became full".to_owned()),
        "EBADPLATFORM" => return InstallError::Platform,
        _ => {}
    }
    let noise = ["code ", "errno ", "syscall ", "A complete log", "For a full report"];
    let words = lines.iter().find(|line| !noise.iter().any(|start| line.starts_with(start)));
    let words = words.copied().unwrap_or("npm gave no reason");
    InstallError::Download(if code.is_empty() { words.to_owned() } else { format!("{code}: {words}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn npm_speaks_in_one_line() {
        let offline = "npm error code ECONNREFUSED\nnpm error errno ECONNREFUSED\nnpm error FetchError: request to \
                       http://127.0.0.1:9/x failed, reason: connect ECONNREFUSED 127.0.0.1:9\nnpm error     at x.js:1\n\
                       npm error A complete log of this run can be found in: /home/user/.npm/_logs/1.log\n";
        let expected = "ECONNREFUSED: FetchError: request to http://127.0.0.1:9/x failed, reason: connect \
                        ECONNREFUSED 127.0.0.1:9";
        assert_eq!(reason(offline), InstallError::Download(expected.to_owned()));
    }

    #[test]
    fn known_failures_have_a_name() {
        let wrong = "npm warn x\nnpm error code EINTEGRITY\nnpm error sha512-a integrity checksum failed\n";
        assert_eq!(reason(wrong), InstallError::Checksum);
        assert!(matches!(reason("npm error code ENOSPC\nnpm error nospc\n"), InstallError::NoSpace(_)));
        assert_eq!(reason("npm error code EBADPLATFORM\nnpm error notsup\n"), InstallError::Platform);
        assert_eq!(reason(""), InstallError::Download("npm gave no reason".to_owned()));
    }

    #[test]
    fn a_missing_npm_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let result = ci("no-such-package-client", folder.path(), || {});
        assert_eq!(result, Err(InstallError::NoNpm));
    }
}
