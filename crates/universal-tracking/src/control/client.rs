//! Asking a running server.

use super::place::Place;
use super::{Answer, ControlError, LINE_BYTES, Request};
use serde_json::Value;
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;

/// How long a server may take over a command.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long over one that reads all there is, however much: tens of thousands of receipts a second, or a whole history.
const LONG_PATIENCE: Duration = Duration::from_secs(3600);

/// Why a running server did not carry out a command.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// It refused.
    #[error(transparent)]
    Refused(#[from] ControlError),
    /// The line to it broke; whether the command was carried out is unknown.
    #[error("the server on {socket} did not answer: {error}")]
    Broken {
        /// The socket.
        socket: String,
        /// The system's words.
        error: std::io::Error,
    },
}

/// Has the server on `folder` carry out a command; `None` when no server runs there.
pub async fn call(folder: &Path, command: &str, args: Value) -> Result<Option<Value>, CallError> {
    let broken =
        |error| CallError::Broken { socket: folder.join(super::server::NAME).display().to_string(), error };
    let stream = match connect(folder).await {
        Ok(stream) => stream,
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::ConnectionRefused
            ) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(broken(error)),
    };
    let long = ["privacy.verify", "privacy.export", "privacy.find", "privacy.erase", "backup"];
    let patience = if long.contains(&command) { LONG_PATIENCE } else { PATIENCE };
    let answer = tokio::time::timeout(patience, exchange(stream, command, args)).await;
    match answer.unwrap_or_else(|_| Err(ErrorKind::TimedOut.into())).map_err(broken)? {
        Answer::Ok(value) => Ok(Some(value)),
        Answer::Error(error) => Err(error.into()),
    }
}

/// Connects to the socket of a folder.
pub(super) async fn connect(folder: &Path) -> std::io::Result<UnixStream> {
    let place = Place::new(folder, super::server::NAME)?;
    UnixStream::connect(place.path()).await
}

async fn exchange(stream: UnixStream, command: &str, args: Value) -> std::io::Result<Answer> {
    let (read, mut write) = stream.into_split();
    let mut line = serde_json::to_string(&Request { command: command.to_owned(), args })?;
    line.push('\n');
    write.write_all(line.as_bytes()).await?;
    let mut answer = String::new();
    BufReader::new(read.take(LINE_BYTES)).read_line(&mut answer).await?;
    if answer.is_empty() {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    Ok(serde_json::from_str(&answer)?)
}
