//! What else of the environment counts: folders and wishes of the user that are not settings.

use std::path::{Path, PathBuf};

/// The user's cache folder for this program: `$XDG_CACHE_HOME/universal-tracking`, else
/// `~/.cache/universal-tracking`; `None` when there is no home.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "configuration owns the environment")]
pub fn cache_dir() -> Option<PathBuf> {
    let (home, xdg) = (std::env::var_os("HOME"), std::env::var_os("XDG_CACHE_HOME"));
    ut_chdb::engine::default_cache_dir(home.as_deref().map(Path::new), xdg.as_deref().map(Path::new))
}

/// May terminals be coloured? `NO_COLOR` (<https://no-color.org>) says no, whatever else it says.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "configuration owns the environment")]
pub fn colours() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
