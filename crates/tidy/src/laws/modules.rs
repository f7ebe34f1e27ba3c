//! Laws about the folders of modules.

use crate::rust::{Source, is_word};
use crate::tree::folder_of;
use crate::{Tree, Violation};

/// Where modules live.
const HOME: &str = "crates/tracking/src/modules";

/// The features of the product by the one name each has everywhere.
const NAMES: [&str; 10] = [
    "consent",
    "device_intel",
    "geo_time",
    "sessions",
    "page_analytics",
    "attribution",
    "ecommerce",
    "active_users",
    "performance",
    "meta_capi",
];

/// What a module's folder may hold besides `sql/` and `tables/`.
const FILES: [&str; 7] =
    ["README.md", "mod.rs", "facts.rs", "rules.rs", "observe.rs", "report.rs", "tests.rs"];

/// The door is a door.
const DOOR: usize = 80;

/// Known files only, a README, a small door.
pub(super) fn shape(tree: &Tree) -> Vec<Violation> {
    let mut violations = Vec::new();
    for module in tree.folders(HOME) {
        let home = format!("{HOME}/{module}");
        for needed in ["README.md", "mod.rs"] {
            if !tree.has(&format!("{home}/{needed}")) {
                violations.push(Violation::new(&home, 0, format!("a module has a {needed}")));
            }
        }
        let prefix = format!("{home}/");
        for path in tree.paths().filter(|path| path.starts_with(&prefix)) {
            violations.extend(misplaced(tree, path, &path[prefix.len()..]));
        }
    }
    violations
}

fn misplaced(tree: &Tree, path: &str, inside: &str) -> Option<Violation> {
    let (folder, name) = inside.rsplit_once('/').unwrap_or(("", inside));
    if folder == "sql" || folder.ends_with("/sql") {
        return (!name.ends_with(".sql")).then(|| Violation::new(path, 0, "sql/ holds .sql files alone"));
    }
    if folder == "tables" || folder.ends_with("/tables") {
        return (!name.ends_with(".txt"))
            .then(|| Violation::new(path, 0, "tables/ holds facts in .txt files alone"));
    }
    if !FILES.contains(&name) {
        let what = format!(
            "a module's folder holds {}, sql/ and tables/; a big one has folders of the same shape",
            FILES.join(", ")
        );
        return Some(Violation::new(path, 0, what));
    }
    let lines = tree.text(path)?.lines().count();
    let long = name == "mod.rs" && folder.is_empty() && lines > DOOR;
    long.then(|| Violation::new(path, 0, format!("{lines} lines, {DOOR} at most: mod.rs is only the door")))
}

/// Each folder has its lines in `modules/mod.rs`, says its own name, and is one of the product's features.
pub(super) fn registered(tree: &Tree) -> Vec<Violation> {
    let list_path = format!("{HOME}/mod.rs");
    let Some(list) = tree.text(&list_path) else { return Vec::new() };
    let registry = list.split_once("MODULES").map_or("", |(_, rest)| rest);
    let mut violations = Vec::new();
    for module in tree.folders(HOME) {
        let door = format!("{HOME}/{module}/mod.rs");
        if !NAMES.contains(&module) {
            violations.push(Violation::new(
                &door,
                0,
                format!("{module} is none of the product's modules: {}", NAMES.join(", ")),
            ));
        }
        if !list.contains(&format!("mod {module};")) || !registry.contains(&format!("&{module}::")) {
            violations.push(Violation::new(
                &list_path,
                0,
                format!("{module} has a folder but no place in MODULES"),
            ));
        }
        if !tree.text(&door).is_none_or(|text| text.contains(&format!("\"{module}\""))) {
            violations.push(Violation::new(
                &door,
                0,
                format!("`name` does not return \"{module}\", the folder's name"),
            ));
        }
    }
    violations
}

/// No path from one module into another.
pub(super) fn imports(tree: &Tree) -> Vec<Violation> {
    let modules = tree.folders(HOME);
    let mut violations = Vec::new();
    for (path, text) in tree.ending(&[".rs"]) {
        let Some(inside) = path.strip_prefix(HOME).and_then(|rest| rest.strip_prefix('/')) else { continue };
        let Some((module, file)) = inside.split_once('/') else { continue };
        let source = Source::new(text);
        // From `mod.rs` one `super` leads to the list of modules, from the files beside it two, and so on.
        let depth = file.split('/').count() - usize::from(file.ends_with("mod.rs")) + 1;
        let relative = format!("{}::", vec!["super"; depth].join("::"));
        for (offset, name) in named(&source, "modules::").into_iter().chain(named(&source, &relative)) {
            if name != module && modules.contains(&name.as_str()) {
                let what = format!("{module} uses {name}: what both need belongs in core/src/event");
                violations.push(Violation::new(path, source.line(offset), what));
            }
        }
    }
    violations
}

/// The names that follow a path prefix: `prefix::a` or `prefix::{a, b::c}`.
fn named(source: &Source, prefix: &str) -> Vec<(usize, String)> {
    let mut names = Vec::new();
    for (offset, _) in source.code.match_indices(prefix) {
        let rest = &source.code[offset + prefix.len()..];
        let group = rest.strip_prefix('{').and_then(|rest| rest.split_once(';')).map(|(group, _)| group);
        for part in group.map_or_else(|| vec![rest], |group| group.split(',').collect()) {
            let name: String =
                part.trim_start().chars().take_while(|letter| is_word(*letter as u8)).collect();
            names.push((offset, name));
        }
    }
    names
}

/// Tracker and dashboard folders are named after modules.
pub(super) fn front_end_folders(tree: &Tree) -> Vec<Violation> {
    let mut violations = Vec::new();
    for home in ["tracker/src/modules", "dashboard/src/modules"] {
        for folder in tree.folders(home).into_iter().filter(|folder| !NAMES.contains(folder)) {
            let what = format!("no module is called {folder}; the modules are {}", NAMES.join(", "));
            violations.push(Violation::new(format!("{home}/{folder}"), 0, what));
        }
    }
    violations
}

/// Tables that a module or the history creates.
pub(super) fn tables(tree: &Tree) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (path, text) in tree.ending(&[".sql"]) {
        let owner = if let Some(inside) = path.strip_prefix(HOME) {
            inside.trim_start_matches('/').split('/').next().unwrap_or_default()
        } else if folder_of(path) == "crates/tracking/src/history/sql" {
            "history"
        } else {
            continue;
        };
        for (line, table) in created(text) {
            let own = table == owner || table.starts_with(&format!("{owner}_"));
            let of_history = ["events", "sessions", "page_day"].contains(&table.as_str());
            let allowed = if owner == "history" { own || of_history } else { own && !of_history };
            if !allowed {
                violations.push(Violation::new(
                    path,
                    line,
                    format!("{owner} creates the table {table}: its name must say so"),
                ));
            }
        }
    }
    violations
}

/// Line and name of each table or view a script creates.
fn created(sql: &str) -> Vec<(usize, String)> {
    let mut created = Vec::new();
    for (index, line) in sql.lines().enumerate() {
        let lower = line.trim_start().to_lowercase();
        let words: Vec<&str> = lower
            .split(|letter: char| !(letter.is_alphanumeric() || letter == '_' || letter == '.'))
            .collect();
        let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        if words.first() != Some(&"create") {
            continue;
        }
        let Some(kind) = words.iter().position(|word| ["table", "view", "dictionary"].contains(word)) else {
            continue;
        };
        let after = words[kind + 1..].iter().find(|word| !["if", "not", "exists"].contains(word));
        if let Some(name) = after {
            created.push((index + 1, name.rsplit('.').next().unwrap_or(name).to_owned()));
        }
    }
    created
}

#[cfg(test)]
#[path = "modules_tests.rs"]
mod tests;
