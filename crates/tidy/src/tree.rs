//! A tree of files in memory, read from disk or made up by a test.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// What builds, editors and a running server leave behind; none of it belongs to the project.
const NOT_OURS: [&str; 5] = ["target", "node_modules", "dist", ".git", "data"];

/// Files by their path from the root, with `/` between folders. Files that are not UTF-8 have no text.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    files: BTreeMap<String, Option<String>>,
}

impl Tree {
    /// Reads everything below `root` that belongs to the project.
    pub fn read(root: &Path) -> io::Result<Self> {
        let mut tree = Self::default();
        tree.read_folder(root, "")?;
        Ok(tree)
    }

    fn read_folder(&mut self, folder: &Path, prefix: &str) -> io::Result<()> {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = format!("{prefix}{name}");
            let kind = entry.file_type()?;
            // `data` is the server's own directory at the root; elsewhere it is a bundled data set.
            let ours = !NOT_OURS.contains(&name.as_str()) || (name == "data" && !prefix.is_empty());
            if kind.is_dir() && ours {
                self.read_folder(&entry.path(), &format!("{path}/"))?;
            } else if kind.is_file() && name != ".env" && !name.ends_with(".log") {
                match std::fs::read(entry.path()) {
                    Ok(bytes) => {
                        self.files.insert(path, String::from_utf8(bytes).ok());
                    }
                    // Somebody else's file that was removed since the folder was listed.
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(())
    }

    /// A made-up tree.
    #[must_use]
    pub fn of(files: &[(&str, &str)]) -> Self {
        let owned = files.iter().map(|(path, text)| ((*path).to_owned(), Some((*text).to_owned())));
        Self { files: owned.collect() }
    }

    /// Paths of all files, sorted.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Path and text of all text files, sorted by path.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().filter_map(|(path, text)| Some((path.as_str(), text.as_deref()?)))
    }

    /// Text files whose name ends so.
    pub fn ending<'a>(&'a self, endings: &'a [&str]) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.texts().filter(move |(path, _)| endings.iter().any(|ending| path.ends_with(ending)))
    }

    /// The text of one file.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path)?.as_deref()
    }

    /// Is there such a file?
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    /// Is there a file below this folder?
    #[must_use]
    pub fn has_folder(&self, folder: &str) -> bool {
        let prefix = format!("{folder}/");
        self.files.range(prefix.clone()..).next().is_some_and(|(path, _)| path.starts_with(&prefix))
    }

    /// Names of the folders directly in `folder`, sorted.
    #[must_use]
    pub fn folders(&self, folder: &str) -> Vec<&str> {
        let prefix = format!("{folder}/");
        let inside = self.paths().filter_map(|path| path.strip_prefix(&prefix));
        let mut names: Vec<&str> =
            inside.filter_map(|rest| rest.split_once('/')).map(|(name, _)| name).collect();
        names.dedup();
        names
    }
}

/// The folder a file is in, without the closing `/`; empty for the root.
pub(crate) fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The path `relative` leads to from `folder`.
pub(crate) fn join(folder: &str, relative: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_belongs_to_the_project_and_nothing_else() {
        let root = tempfile::tempdir().unwrap();
        let files =
            ["a.rs", "target/b.rs", "x/dist/c.js", "data/d.bin", "crates/y/data/e.txt", ".env", ".ci/run"];
        for file in files {
            let path = root.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "text").unwrap();
        }
        std::fs::write(root.path().join("picture"), [0xff, 0xfe]).unwrap();
        let tree = Tree::read(root.path()).unwrap();
        assert_eq!(tree.paths().collect::<Vec<_>>(), [".ci/run", "a.rs", "crates/y/data/e.txt", "picture"]);
        assert_eq!((tree.text("a.rs"), tree.text("picture")), (Some("text"), None));
        assert_eq!(tree.folders("crates/y"), ["data"]);
        assert!(tree.has_folder("crates/y/data") && !tree.has_folder("crates/y/dat"));
    }

    #[test]
    fn paths_are_joined_as_a_compiler_would() {
        assert_eq!(join("crates/a/src", "../sql/x.sql"), "crates/a/sql/x.sql");
        assert_eq!(join("", "./x"), "x");
    }
}
