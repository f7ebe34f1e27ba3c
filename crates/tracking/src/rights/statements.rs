//! The statements of this folder.

use ut_core::ports::Statement;

macro_rules! statements {
    ($($constant:ident = $name:literal),* $(,)?) => {
        $(pub(super) const $constant: Statement =
            Statement { name: $name, sql: include_str!(concat!("sql/", $name, ".transactional.sql")) };)*
    };
}

statements! {
    DESTROY_VEIL = "destroy_veil",
    FIND_VEIL = "find_veil",
    KEEP_VEIL = "keep_veil",
    OBEY_ERASURE = "obey_erasure",
    RIGHTS_OBEYED = "rights_obeyed",
}
