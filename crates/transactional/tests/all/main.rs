//! SQLite keeps the port's promises, and those it makes beyond them.
#![expect(clippy::expect_used, reason = "a test panics where the promise is broken")]

mod sqlite;
