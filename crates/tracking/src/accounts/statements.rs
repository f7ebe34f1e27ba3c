//! Every statement of this folder, by the name of its file, and what its rows hold.

use super::error::AccountError;
use ut_core::ports::{Row, Statement, Value};

macro_rules! statements {
    ($($constant:ident = $name:literal),* $(,)?) => {
        $(pub(super) const $constant: Statement =
            Statement { name: $name, sql: include_str!(concat!("sql/", $name, ".transactional.sql")) };)*
    };
}

statements! {
    CLOSE_SESSION = "close_session",
    COUNT_WRONG_TRY = "count_wrong_try",
    FIND_SETUP_LINK = "find_setup_link",
    FIND_TOKEN = "find_token",
    FIRST_OWNER = "first_owner",
    FORGET_CLOSED_SESSIONS = "forget_closed_sessions",
    FORGET_SETUP_LINKS = "forget_setup_links",
    HOLD_OWNERS = "hold_owners",
    INSERT_FIRST_OWNER = "insert_first_owner",
    INSERT_OWNER = "insert_owner",
    INSERT_SETUP_LINK = "insert_setup_link",
    INSERT_TOKEN = "insert_token",
    LIST_TOKENS = "list_tokens",
    LIST_USERS = "list_users",
    OWNER_EXISTS = "owner_exists",
    REMOVE_TOKEN = "remove_token",
    REMOVE_USER = "remove_user",
    SESSION_USER = "session_user",
    SPEND_SETUP_LINK = "spend_setup_link",
    USER_BY_EMAIL = "user_by_email",
    USER_BY_ID = "user_by_id",
}

pub(super) fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// A row that no version of this program writes.
pub(super) fn damaged(statement: &Statement, row: &Row) -> AccountError {
    AccountError::Damaged { statement: statement.name, columns: row.len() }
}
