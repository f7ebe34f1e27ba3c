//! Laws about other people's code.

use super::arrows::manifests;
use crate::{Tree, Violation};
use std::collections::BTreeMap;
use toml::{Table, Value};

/// Where each dependency is justified: rows `| name | version | why not our own code | features |`.
const JUSTIFIED: &str = "docs/adr/dependencies.md";

/// The third-party crates of the root manifest.
fn third_parties(tree: &Tree) -> BTreeMap<String, Value> {
    let root = tree.text("Cargo.toml").and_then(|text| text.parse::<Table>().ok()).unwrap_or_default();
    let all =
        root.get("workspace").and_then(|workspace| workspace.get("dependencies")).and_then(Value::as_table);
    let all = all.into_iter().flatten();
    all.filter(|(_, value)| value.get("path").is_none())
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

fn version(value: &Value) -> &str {
    value.as_str().or_else(|| value.get("version").and_then(Value::as_str)).unwrap_or_default()
}

/// `=x.y.z` and `default-features = false`.
pub(super) fn pinned(tree: &Tree) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (name, value) in third_parties(tree) {
        if !version(&value).starts_with('=') {
            violations.push(Violation::new(
                "Cargo.toml",
                0,
                format!("{name} is not pinned: version = \"=x.y.z\""),
            ));
        }
        if value.get("default-features").and_then(Value::as_bool) != Some(false) {
            violations.push(Violation::new(
                "Cargo.toml",
                0,
                format!("{name} lacks default-features = false"),
            ));
        }
    }
    violations
}

/// Members say `workspace = true` and nothing about versions or features, and every listed crate has a user.
pub(super) fn members(tree: &Tree) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut used = Vec::new();
    for manifest in manifests(tree) {
        for (section, table) in manifest.sections() {
            for (name, value) in table {
                used.push(name.clone());
                let keys = value.as_table().map(|table| table.keys().map(String::as_str).collect::<Vec<_>>());
                // Features of our own crates are no third party's business.
                let ours = name.starts_with("ut-") || name == "universal-tracking";
                let may_say =
                    |key: &&str| ["workspace", "optional"].contains(key) || (ours && *key == "features");
                let plain = keys.is_some_and(|keys| keys.contains(&"workspace") && keys.iter().all(may_say));
                if !plain {
                    let what = format!(
                        "[{section}] {name}: write `{name}.workspace = true`, the rest is said in the root"
                    );
                    violations.push(Violation::new(manifest.path, 0, what));
                }
            }
        }
    }
    for name in third_parties(tree).keys().filter(|name| !used.contains(name)) {
        violations.push(Violation::new(
            "Cargo.toml",
            0,
            format!("{name} is listed but no crate uses it: remove the line"),
        ));
    }
    violations
}

/// Packages of each package.json: file, name, version.
fn packages(tree: &Tree) -> Vec<(&str, String, String)> {
    let mut packages = Vec::new();
    for (path, text) in
        tree.texts().filter(|(path, _)| *path == "package.json" || path.ends_with("/package.json"))
    {
        let Ok(manifest) = serde_json::from_str::<serde_json::Value>(text) else { continue };
        for section in ["dependencies", "devDependencies", "optionalDependencies"] {
            for (name, version) in
                manifest.get(section).and_then(|section| section.as_object()).into_iter().flatten()
            {
                packages.push((path, name.clone(), version.as_str().unwrap_or_default().to_owned()));
            }
        }
    }
    packages
}

/// Packages of each requirements.txt: name, version. That they are pinned by hash is pip's to check.
fn python(tree: &Tree) -> impl Iterator<Item = (String, String)> {
    let lines = tree.texts().filter(|(path, _)| path.ends_with("requirements.txt"));
    let pins =
        lines.flat_map(|(_, text)| text.lines()).filter_map(|line| line.split(' ').next()?.split_once("=="));
    pins.map(|(name, version)| (name.to_owned(), version.to_owned()))
}

/// Exact versions; `*` stands for another package of ours.
pub(super) fn npm(tree: &Tree) -> Vec<Violation> {
    let loose = packages(tree).into_iter().filter(|(_, name, version)| {
        let exact =
            version.starts_with(|first: char| first.is_ascii_digit()) && !version.contains([' ', '|', 'x']);
        !exact && !name.starts_with("@universal-tracking/")
    });
    loose
        .map(|(path, name, version)| {
            Violation::new(path, 0, format!("{name} is not pinned: {version:?} is no exact version"))
        })
        .collect()
}

/// Every dependency has its row with its version; every row has its dependency.
pub(super) fn justified(tree: &Tree) -> Vec<Violation> {
    let table = tree.text(JUSTIFIED).unwrap_or_default();
    let mut rows: BTreeMap<(&str, &str), (usize, bool)> = BTreeMap::new();
    for (index, line) in table.lines().enumerate().filter(|(_, line)| line.starts_with('|')) {
        let cells: Vec<&str> =
            line.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('`')).collect();
        let [names, versions, why, ..] = cells[..] else { continue };
        // Crates that belong together may share a row: `hmac, sha2 | 0.13.0, 0.11.1`.
        for (name, version) in names.split(", ").zip(versions.split(", ")) {
            if version.starts_with(|first: char| first.is_ascii_digit()) {
                rows.insert((name, version), (index + 1, why.split_whitespace().count() > 2));
            }
        }
    }
    let crates = third_parties(tree).into_iter();
    let crates = crates.map(|(name, value)| (name, version(&value).trim_start_matches('=').to_owned()));
    let npm = packages(tree).into_iter().map(|(_, name, version)| (name, version));
    let needed: Vec<(String, String)> = crates
        .chain(npm.filter(|(name, _)| !name.starts_with("@universal-tracking/")))
        .chain(python(tree))
        .collect();

    let mut violations = Vec::new();
    for (name, version) in &needed {
        if !rows.get(&(name.as_str(), version.as_str())).is_some_and(|(_, reasoned)| *reasoned) {
            violations.push(Violation::new(
                JUSTIFIED,
                0,
                format!("{name} {version} has no row that says why"),
            ));
        }
    }
    for ((name, version), (line, _)) in rows {
        if !needed.iter().any(|(needed, at)| needed == name && at == version) {
            violations.push(Violation::new(JUSTIFIED, line, format!("nothing depends on {name} {version}")));
        }
    }
    violations.sort();
    violations.dedup();
    violations
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::found;

    const ROOT: &str = "[workspace.dependencies]\nours = { path = \"x\" }\n\
        good = { version = \"=1.2.3\", default-features = false }\nloose = { version = \"1\", default-features = false }\n\
        plain = \"=2.0.0\"\n";

    #[test]
    fn a_loose_or_full_dependency_is_found() {
        let said = found(pinned, &[("Cargo.toml", ROOT)]);
        assert_eq!(
            said,
            [
                "Cargo.toml: loose is not pinned: version = \"=x.y.z\"",
                "Cargo.toml: plain lacks default-features = false"
            ]
        );
    }

    #[test]
    fn a_member_with_features_of_its_own_and_an_unused_line_are_found() {
        let member = "[package]\nname = \"m\"\n[dependencies]\ngood = { workspace = true, features = [\"x\"] }\n\
                      loose.workspace = true\nours = { workspace = true, optional = true }\n[dev-dependencies]\nplain = \"2\"\n";
        let said = found(members, &[("Cargo.toml", ROOT), ("m/Cargo.toml", member)]);
        assert_eq!(said.len(), 2, "{said:#?}");
        assert!(said[0].contains("[dependencies] good") && said[1].contains("[dev-dependencies] plain"));
        let said = found(members, &[("Cargo.toml", ROOT)]);
        assert_eq!(said.len(), 3, "{said:#?}");
        assert!(said[0].contains("good is listed but no crate uses it"));
    }

    #[test]
    fn a_loose_package_is_found() {
        let package = r#"{"dependencies": {"a": "1.2.3", "b": "^1.2.3"}, "devDependencies": {"@universal-tracking/t": "*"}}"#;
        let said = found(npm, &[("dashboard/package.json", package)]);
        assert_eq!(said, ["dashboard/package.json: b is not pinned: \"^1.2.3\" is no exact version"]);
    }

    #[test]
    fn a_dependency_without_a_reason_and_a_reason_without_a_dependency_are_found() {
        let table = "| crate | version | why | features |\n|---|---|---|---|\n| good | 1.2.3 | it is hard | none |\n\
                     | loose | 1 | yes | |\n| gone | 3.0.0 | it was hard once | |\n| p | 1.0.0 | it is hard too | |\n";
        let package = r#"{"dependencies": {"p": "1.0.0"}}"#;
        let pips = "# pins\nq==2.0 --hash=sha256:00\n";
        let files = [
            ("Cargo.toml", ROOT),
            (JUSTIFIED, table),
            ("package.json", package),
            ("x/requirements.txt", pips),
        ];
        let said = found(justified, &files);
        assert_eq!(
            said,
            [
                "docs/adr/dependencies.md: loose 1 has no row that says why",
                "docs/adr/dependencies.md: plain 2.0.0 has no row that says why",
                "docs/adr/dependencies.md: q 2.0 has no row that says why",
                "docs/adr/dependencies.md:5: nothing depends on gone 3.0.0",
            ]
        );
    }
}
