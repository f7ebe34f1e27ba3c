//! Laws about who may depend on whom.

use crate::{Tree, Violation};
use toml::{Table, Value};

/// The arrows of ARCHITECTURE.md: what each crate may name under `[dependencies]`.
const MAY_USE: &[(&str, &[&str])] = &[
    ("ut-core", &[]),
    ("ut-chdb", &["ut-core"]),
    ("ut-spool", &["ut-core"]),
    ("ut-tracking", &["ut-core"]),
    ("ut-transactional", &["ut-core"]),
    ("ut-realtime", &["ut-core", "ut-spool"]),
    ("ut-olap", &["ut-core", "ut-chdb"]),
    ("ut-http", &["ut-core", "ut-tracking"]),
    (
        "universal-tracking",
        &[
            "ut-core",
            "ut-chdb",
            "ut-spool",
            "ut-tracking",
            "ut-transactional",
            "ut-realtime",
            "ut-olap",
            "ut-http",
        ],
    ),
    (
        "ut-testkit",
        &[
            "ut-core",
            "ut-chdb",
            "ut-spool",
            "ut-tracking",
            "ut-transactional",
            "ut-realtime",
            "ut-olap",
            "ut-http",
            "universal-tracking",
        ],
    ),
    ("ut-tidy", &[]),
    (
        "ut-benches",
        &[
            "ut-core",
            "ut-chdb",
            "ut-spool",
            "ut-tracking",
            "ut-transactional",
            "ut-realtime",
            "ut-olap",
            "ut-http",
            "universal-tracking",
        ],
    ),
    ("xtask", &[]),
];

/// Crates that open connections, listen, or load libraries.
const DRIVERS: [&str; 18] = [
    "axum",
    "clickhouse",
    "deadpool-redis",
    "fjall",
    "fred",
    "hyper",
    "hyper-util",
    "libloading",
    "redis",
    "reqwest",
    "rusqlite",
    "rust-embed",
    "rustix",
    "sqlx",
    "tokio-postgres",
    "tower",
    "ureq",
    "lettre",
];

/// A manifest of a member of the workspace, parsed.
pub(super) struct Manifest<'a> {
    pub(super) path: &'a str,
    pub(super) name: String,
    pub(super) table: Table,
}

impl Manifest<'_> {
    /// The tables of dependencies: section name and entries, those of single targets included.
    pub(super) fn sections(&self) -> Vec<(&'static str, &Table)> {
        let mut sections = Vec::new();
        let targets = self.table.get("target").and_then(Value::as_table).into_iter().flat_map(Table::values);
        for holder in std::iter::once(&self.table).chain(targets.filter_map(Value::as_table)) {
            for section in ["dependencies", "build-dependencies", "dev-dependencies"] {
                sections.extend(holder.get(section).and_then(Value::as_table).map(|table| (section, table)));
            }
        }
        sections
    }
}

/// Every member's manifest; one that does not parse is cargo's to report. What is a workspace of its own (the fuzzers,
/// which need another compiler) is no member.
pub(super) fn manifests(tree: &Tree) -> Vec<Manifest<'_>> {
    let files = tree.ending(&["/Cargo.toml"]);
    files
        .filter_map(|(path, text)| {
            let table: Table = text.parse().ok()?;
            if table.contains_key("workspace") {
                return None;
            }
            let name = table.get("package")?.get("name")?.as_str()?.to_owned();
            Some(Manifest { path, name, table })
        })
        .collect()
}

/// The arrows.
pub(super) fn workspace(tree: &Tree) -> Vec<Violation> {
    let manifests = manifests(tree);
    let ours: Vec<&str> = manifests.iter().map(|manifest| manifest.name.as_str()).collect();
    let mut violations = Vec::new();
    for manifest in &manifests {
        let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == manifest.name) else {
            let what = format!(
                "{} has no place in the arrows: add it to {} and ARCHITECTURE.md",
                manifest.name,
                file!()
            );
            violations.push(Violation::new(manifest.path, 0, what));
            continue;
        };
        for (section, table) in manifest.sections() {
            for name in
                table.keys().map(String::as_str).filter(|name| ours.contains(name) || name.starts_with("ut-"))
            {
                // Tests may build a whole application, by way of testkit or directly.
                let in_tests =
                    section == "dev-dependencies" && manifest.name != "ut-core" && name != "ut-tidy";
                if !in_tests && !allowed.contains(&name) {
                    let what =
                        format!("[{section}] names {name}; {} may use: {}", manifest.name, list(allowed));
                    violations.push(Violation::new(manifest.path, 0, what));
                }
            }
        }
    }
    violations
}

fn list(names: &[&str]) -> String {
    if names.is_empty() { "none of ours".to_owned() } else { names.join(", ") }
}

/// The hexagon's inside.
pub(super) fn drivers(tree: &Tree) -> Vec<Violation> {
    let mut violations = Vec::new();
    for manifest in
        manifests(tree).iter().filter(|manifest| ["ut-core", "ut-tracking"].contains(&&*manifest.name))
    {
        for (section, table) in
            manifest.sections().into_iter().filter(|(section, _)| *section != "dev-dependencies")
        {
            for name in table.keys().filter(|name| DRIVERS.contains(&name.as_str())) {
                let what = format!("[{section}] names the driver {name}: put it behind a port");
                violations.push(Violation::new(manifest.path, 0, what));
            }
        }
    }
    violations
}

/// `[lints] workspace = true`; `crates/chdb` states its own because it is the one that may be unsafe.
pub(super) fn lints(tree: &Tree) -> Vec<Violation> {
    let inherits = |manifest: &&Manifest<'_>| {
        let lints = manifest.table.get("lints");
        lints.and_then(|lints| lints.get("workspace")).and_then(Value::as_bool) == Some(true)
    };
    let own = manifests(tree);
    let missing = own.iter().filter(|manifest| manifest.name != "ut-chdb" && !inherits(manifest));
    missing
        .map(|manifest| Violation::new(manifest.path, 0, "`[lints] workspace = true` is missing"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::found;

    fn manifest(name: &str, rest: &str) -> String {
        format!("[package]\nname = \"{name}\"\n{rest}")
    }

    #[test]
    fn an_arrow_that_points_back_is_found() {
        let core = manifest("ut-core", "[dev-dependencies]\nut-testkit.workspace = true");
        let http = manifest("ut-http", "[dependencies]\nut-olap.workspace = true\nut-core.workspace = true");
        let olap = manifest("ut-olap", "[target.'cfg(unix)'.dependencies]\nut-spool.workspace = true");
        let good = manifest(
            "ut-realtime",
            "[dependencies]\nut-spool = { workspace = true }\n[dev-dependencies]\nut-testkit.workspace = true",
        );
        let new = manifest("ut-new", "");
        let files = [
            ("crates/core/Cargo.toml", &*core),
            ("crates/http/Cargo.toml", &http),
            ("crates/olap/Cargo.toml", &olap),
            ("crates/realtime/Cargo.toml", &good),
            ("crates/zzz/Cargo.toml", &new),
        ];
        let said = found(workspace, &files);
        assert_eq!(said.len(), 4, "{said:#?}");
        assert!(said[0].contains("core/Cargo.toml: [dev-dependencies] names ut-testkit"));
        assert!(said[1].contains("[dependencies] names ut-olap; ut-http may use: ut-core, ut-tracking"));
        assert!(said[2].contains("olap/Cargo.toml: [dependencies] names ut-spool"));
        assert!(said[3].contains("ut-new has no place in the arrows"));
    }

    #[test]
    fn a_driver_inside_is_found() {
        let tracking =
            manifest("ut-tracking", "[dependencies]\nsqlx.workspace = true\nserde.workspace = true");
        let outside = manifest("ut-transactional", "[dependencies]\nsqlx.workspace = true");
        let files =
            [("crates/tracking/Cargo.toml", &*tracking), ("crates/transactional/Cargo.toml", &outside)];
        let said = found(drivers, &files);
        assert_eq!(
            said,
            ["crates/tracking/Cargo.toml: [dependencies] names the driver sqlx: put it behind a port"]
        );
    }

    #[test]
    fn a_crate_without_the_lints_is_found() {
        let (good, bad, other) = (
            manifest("a", "[lints]\nworkspace = true"),
            manifest("b", ""),
            manifest("ut-chdb", "[lints.rust]\nunsafe_code = \"warn\""),
        );
        let alone = manifest("ut-fuzz", "[workspace]");
        let files = [
            ("a/Cargo.toml", &*good),
            ("b/Cargo.toml", &bad),
            ("crates/chdb/Cargo.toml", &other),
            ("fuzz/Cargo.toml", &alone),
        ];
        assert_eq!(found(lints, &files), ["b/Cargo.toml: `[lints] workspace = true` is missing"]);
    }
}
