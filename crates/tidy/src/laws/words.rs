//! Laws about words that do not belong in the project.

use crate::{Tree, Violation};

/// Files that tools write and read.
const LOCKS: [&str; 3] = ["Cargo.lock", "package-lock.json", "npm-shrinkwrap.json"];

/// Paths of a workplace and hosts of registries, put together here so that this file does not break its own law.
fn forbidden() -> Vec<String> {
    let paths = ["work", "root", "tmp/bash_jobs"].map(|folder| format!("/{folder}/"));
    let hosts = [
        ["registry", "npmjs"],
        ["npmjs", "org"],
        ["index.crates", "io"],
        ["static.crates", "io"],
        ["pythonhosted", "org"],
        ["deb.debian", "org"],
        ["registry", "yarnpkg"],
    ];
    paths.into_iter().chain(hosts.map(|parts| parts.join("."))).collect()
}

/// No such word anywhere.
pub(super) fn places(tree: &Tree) -> Vec<Violation> {
    let forbidden = forbidden();
    let mut violations = Vec::new();
    for (path, text) in tree.texts().filter(|(path, _)| !is_lock(path)) {
        for (index, line) in text.lines().enumerate() {
            for word in forbidden.iter().filter(|word| line.contains(word.as_str())) {
                violations.push(Violation::new(
                    path,
                    index + 1,
                    format!("{word} is a place on somebody's machine or network"),
                ));
            }
        }
    }
    violations
}

/// npm's lock file without addresses: `omit-lockfile-registry-resolved=true` in `.npmrc`.
pub(super) fn lock_files(tree: &Tree) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (path, text) in tree.texts().filter(|(path, _)| is_lock(path) && !path.ends_with("Cargo.lock")) {
        for (index, line) in
            text.lines().enumerate().filter(|(_, line)| line.contains("\"resolved\": \"http"))
        {
            let what = format!(
                "an address in a lock file: {}; set omit-lockfile-registry-resolved=true",
                line.trim()
            );
            violations.push(Violation::new(path, index + 1, what));
        }
    }
    violations
}

fn is_lock(path: &str) -> bool {
    LOCKS.iter().any(|lock| path.rsplit('/').next() == Some(lock))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::found;

    #[test]
    fn a_place_of_a_workplace_is_found() {
        let host = forbidden().pop().unwrap();
        let (path, address) = (format!("x\nsee {}main", forbidden()[0]), format!("https://{host}.example/x"));
        let said =
            found(places, &[("docs/a.md", &path), ("b.ts", &address), ("package-lock.json", &address)]);
        assert_eq!(said.len(), 2, "{said:?}");
        assert!(said[0].starts_with("b.ts:1: ") && said[1].starts_with("docs/a.md:2: "));
    }

    #[test]
    fn an_address_in_a_lock_file_is_found() {
        let lock = "{\n \"resolved\": \"tracker\",\n  \"resolved\": \"https://host.example/a.tgz\"\n}";
        let said = found(lock_files, &[("engine/package-lock.json", lock)]);
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].starts_with("engine/package-lock.json:3: an address in a lock file"));
    }
}
