//! How commands reach a running server: `DATA_DIR/control.sock` (mode 0600), one JSON object per line,
//! `{"command":"site.add","args":{…}}` → `{"ok":…}` or `{"error":{"code":…,"message":…}}`.

mod client;
mod place;
mod server;

pub use client::{CallError, call};
pub use server::{BindError, ControlServer};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Carries out commands. The server's implementation and the one a command uses without a server are the same.
#[async_trait::async_trait]
pub trait ControlHandler: Send + Sync + std::fmt::Debug {
    /// Carries out `command`; the answer is what `--json` prints.
    async fn handle(&self, command: &str, args: Value) -> Result<Value, ControlError>;
}

/// A command that was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct ControlError {
    /// A word for programs (`unknown_command`).
    pub code: String,
    /// What happened, why, and what to do.
    pub message: String,
}

impl ControlError {
    /// A refusal.
    #[must_use]
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into() }
    }

    /// No command of this name.
    #[must_use]
    pub fn unknown_command(command: &str) -> Self {
        Self::new(
            "unknown_command",
            format!("the server does not know the command {command:?}: is it older than this program?"),
        )
    }
}

/// The longest line either side takes.
const LINE_BYTES: u64 = 1 << 20;

#[derive(Debug, Serialize, Deserialize)]
struct Request {
    command: String,
    #[serde(default)]
    args: Value,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Answer {
    Ok(Value),
    Error(ControlError),
}
