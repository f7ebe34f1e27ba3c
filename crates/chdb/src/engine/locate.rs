//! Finds an installed engine.

use std::path::{Path, PathBuf};

/// The pinned version of the npm package; it names the folder in the cache. `engine/package.json` says the same.
pub const VERSION: &str = "26.7.3-stable.1";
/// The pinned package.
pub(super) const PACKAGE: &str = "@chdb/lib-linux-x64-gnu";
/// Written last; holds the size of the shared object.
pub(super) const MARKER: &str = "installed";

/// There is no engine where it was looked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotInstalled {
    /// The file that was named does not exist.
    #[error("UT_CHDB_LIB names {0}, which does not exist")]
    Missing(String),
    /// The cache does not hold the pinned version.
    #[error("engine {VERSION} is not installed: run `universal-tracking engine install`")]
    NotInCache,
}

/// The cache of this product: `$XDG_CACHE_HOME/universal-tracking`, else `$HOME/.cache/universal-tracking`. The caller
/// reads the environment; an empty value counts as absent. `None` when neither is known.
#[must_use]
pub fn default_cache_dir(home: Option<&Path>, xdg_cache_home: Option<&Path>) -> Option<PathBuf> {
    let given = |path: &&Path| !path.as_os_str().is_empty();
    // The XDG specification has relative paths ignored.
    let base = xdg_cache_home.filter(|path| path.is_absolute()).map(Path::to_path_buf);
    let base = base.or_else(|| home.filter(given).map(|home| home.join(".cache")))?;
    Some(base.join("universal-tracking"))
}

/// The shared object: the one that was named (`UT_CHDB_LIB`), else the installed one.
///
/// # Errors
/// [`NotInstalled`], in words for a person.
pub fn locate(explicit: Option<&Path>, cache_root: &Path) -> Result<PathBuf, NotInstalled> {
    if let Some(path) = explicit {
        if path.is_file() {
            return Ok(path.to_path_buf());
        }
        return Err(NotInstalled::Missing(path.display().to_string()));
    }
    let folder = folder(cache_root);
    let library = library_in(&folder);
    if is_whole(&folder, &library) { Ok(library) } else { Err(NotInstalled::NotInCache) }
}

/// Where the pinned version lies.
pub(super) fn folder(cache_root: &Path) -> PathBuf {
    cache_root.join("engine").join(VERSION)
}

/// The shared object inside an installation.
pub(super) fn library_in(folder: &Path) -> PathBuf {
    folder.join("node_modules").join(PACKAGE).join("libchdb.so")
}

/// A half installation has no marker, or a file of another size than the marker says.
fn is_whole(folder: &Path, library: &Path) -> bool {
    let marked =
        std::fs::read_to_string(folder.join(MARKER)).ok().and_then(|text| text.trim().parse::<u64>().ok());
    let size = std::fs::metadata(library).ok().filter(std::fs::Metadata::is_file).map(|data| data.len());
    marked.is_some() && marked == size
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_is_where_the_user_says() {
        let home = Path::new("/home/user");
        let dir = default_cache_dir(Some(home), Some(Path::new("/var/cache")));
        assert_eq!(dir, Some(PathBuf::from("/var/cache/universal-tracking")));
        for unusable in [None, Some(Path::new("")), Some(Path::new("relative"))] {
            let dir = default_cache_dir(Some(home), unusable);
            assert_eq!(dir, Some(PathBuf::from("/home/user/.cache/universal-tracking")));
        }
        assert_eq!(default_cache_dir(Some(Path::new("")), None), None);
    }

    #[test]
    fn an_installation_counts_only_when_it_is_whole() {
        let cache = tempfile::tempdir().unwrap();
        let folder = folder(cache.path());
        let library = library_in(&folder);
        assert_eq!(locate(None, cache.path()), Err(NotInstalled::NotInCache));

        std::fs::create_dir_all(library.parent().unwrap()).unwrap();
        std::fs::write(&library, "12345").unwrap();
        assert_eq!(locate(None, cache.path()), Err(NotInstalled::NotInCache), "no marker yet");

        std::fs::write(folder.join(MARKER), "6\n").unwrap();
        assert_eq!(locate(None, cache.path()), Err(NotInstalled::NotInCache), "one byte is missing");

        std::fs::write(folder.join(MARKER), "5\n").unwrap();
        assert_eq!(locate(None, cache.path()), Ok(library));
    }

    #[test]
    fn a_named_file_wins_and_must_exist() {
        let cache = tempfile::tempdir().unwrap();
        let named = cache.path().join("lib.so");
        assert!(matches!(locate(Some(&named), cache.path()), Err(NotInstalled::Missing(_))));
        std::fs::write(&named, "x").unwrap();
        assert_eq!(locate(Some(&named), cache.path()), Ok(named));
    }
}
