//! The server's end of the control socket.

use super::place::Place;
use super::{Answer, ControlError, ControlHandler, LINE_BYTES, Request};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// The socket's name in `DATA_DIR`.
pub(super) const NAME: &str = "control.sock";

/// Why the socket could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// A server answers on it.
    #[error("another server answers on {0}")]
    InUse(PathBuf),
    /// The system refused.
    #[error("{0}: {1}")]
    Io(PathBuf, std::io::Error),
}

/// A bound control socket. Bound and not yet [`run`](Self::run), callers wait.
#[derive(Debug)]
pub struct ControlServer {
    listener: UnixListener,
    handler: Arc<dyn ControlHandler>,
    path: PathBuf,
}

impl ControlServer {
    /// Opens `folder/control.sock` (mode 0600), in the place of one that a dead server has left.
    pub async fn bind(folder: &Path, handler: Arc<dyn ControlHandler>) -> Result<Self, BindError> {
        let path = folder.join(NAME);
        if super::client::connect(folder).await.is_ok() {
            return Err(BindError::InUse(path));
        }
        let listener = open(folder).map_err(|error| BindError::Io(path.clone(), error))?;
        Ok(Self { listener, handler, path })
    }

    /// Answers until `shutdown`; commands that are being carried out then are finished. Removes the socket.
    pub async fn run(self, shutdown: CancellationToken) {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                () = shutdown.cancelled() => break,
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => {
                        connections.spawn(serve(stream, Arc::clone(&self.handler), shutdown.clone()));
                    }
                    Err(error) => {
                        // Out of file descriptors: taking a breath keeps this loop from eating a core.
                        tracing::warn!(%error, "the control socket could not accept: {error}");
                        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                    }
                },
                Some(_) = connections.join_next() => {}
            }
        }
        if let Err(error) = std::fs::remove_file(&self.path) {
            tracing::debug!(%error, "{} was gone already", self.path.display());
        }
        while connections.join_next().await.is_some() {}
    }
}

/// Binds under another name, closes it to other users and then renames it: at no moment is there a socket that
/// others could open, nor none at all.
fn open(folder: &Path) -> std::io::Result<UnixListener> {
    let new = Place::new(folder, "control.new")?;
    match std::fs::remove_file(new.path()) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(new.path())?;
    std::fs::set_permissions(new.path(), std::fs::Permissions::from_mode(0o600))?;
    std::fs::rename(new.path(), folder.join(NAME))?;
    Ok(listener)
}

/// Answers one connection line by line.
async fn serve(stream: UnixStream, handler: Arc<dyn ControlHandler>, shutdown: CancellationToken) {
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read);
    loop {
        let mut line = Vec::new();
        let mut limited = (&mut read).take(LINE_BYTES);
        let length = tokio::select! {
            () = shutdown.cancelled() => return,
            length = limited.read_until(b'\n', &mut line) => length,
        };
        let too_long = limited.limit() == 0 && line.last() != Some(&b'\n');
        match length {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        let answer = if too_long {
            Answer::Error(ControlError::new("too_long", format!("a command is at most {LINE_BYTES} bytes")))
        } else {
            answer(&line, handler.as_ref()).await
        };
        let Ok(mut text) = serde_json::to_string(&answer) else { return };
        text.push('\n');
        if write.write_all(text.as_bytes()).await.is_err() || too_long {
            return;
        }
    }
}

async fn answer(line: &[u8], handler: &dyn ControlHandler) -> Answer {
    let request: Request = match serde_json::from_slice(line) {
        Ok(request) => request,
        Err(error) => {
            let message = format!("expected one line of JSON with `command` and `args`: {error}");
            return Answer::Error(ControlError::new("bad_request", message));
        }
    };
    match handler.handle(&request.command, request.args).await {
        Ok(value) => Answer::Ok(value),
        Err(error) => Answer::Error(error),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{CallError, call};
    use super::*;
    use serde_json::{Value, json};

    #[derive(Debug)]
    struct Echo;

    #[async_trait::async_trait]
    impl ControlHandler for Echo {
        async fn handle(&self, command: &str, args: Value) -> Result<Value, ControlError> {
            match command {
                "echo" => Ok(args),
                other => Err(ControlError::unknown_command(other)),
            }
        }
    }

    async fn while_serving<T>(folder: &Path, ask: impl AsyncFnOnce() -> T) -> T {
        let server = ControlServer::bind(folder, Arc::new(Echo)).await.unwrap();
        let stop = CancellationToken::new();
        let (asked, ()) = tokio::join!(
            async {
                let asked = ask().await;
                stop.cancel();
                asked
            },
            server.run(stop.clone())
        );
        asked
    }

    #[tokio::test]
    async fn commands_are_answered_and_refused_by_name() {
        let dir = tempfile::tempdir().unwrap();
        assert!(call(dir.path(), "echo", json!(1)).await.unwrap().is_none(), "nobody runs here");
        while_serving(dir.path(), async || {
            let mode = std::fs::metadata(dir.path().join(NAME)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
            let args = json!({"domain": "shop.example", "n": [1, 2]});
            assert_eq!(call(dir.path(), "echo", args.clone()).await.unwrap(), Some(args));
            let refusal = call(dir.path(), "fly", Value::Null).await.unwrap_err();
            assert!(
                matches!(&refusal, CallError::Refused(error) if error.code == "unknown_command"),
                "{refusal}"
            );
            let second = ControlServer::bind(dir.path(), Arc::new(Echo)).await.unwrap_err();
            assert!(matches!(second, BindError::InUse(_)), "{second}");
        })
        .await;
        assert!(!dir.path().join(NAME).exists(), "the socket is removed");
        assert!(call(dir.path(), "echo", json!(1)).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn a_line_that_is_no_command_is_answered_and_the_next_one_works() {
        let dir = tempfile::tempdir().unwrap();
        while_serving(dir.path(), async || {
            let mut stream = super::super::client::connect(dir.path()).await.unwrap();
            stream.write_all(b"not json\n{\"command\":\"echo\"}\n").await.unwrap();
            let mut lines = BufReader::new(stream).lines();
            assert!(lines.next_line().await.unwrap().unwrap().contains("bad_request"));
            assert_eq!(lines.next_line().await.unwrap().unwrap(), r#"{"ok":null}"#);
        })
        .await;
    }

    #[tokio::test]
    async fn an_endless_line_is_cut_off() {
        let dir = tempfile::tempdir().unwrap();
        while_serving(dir.path(), async || {
            let stream = super::super::client::connect(dir.path()).await.unwrap();
            let (read, mut write) = stream.into_split();
            let endless = vec![b'x'; LINE_BYTES as usize];
            write.write_all(&endless).await.unwrap();
            let mut answer = String::new();
            BufReader::new(read).read_to_string(&mut answer).await.unwrap();
            assert!(answer.contains("too_long"), "{answer}");
        })
        .await;
    }

    #[tokio::test]
    async fn a_socket_left_by_a_dead_server_is_replaced() {
        let dir = tempfile::tempdir().unwrap();
        drop(std::os::unix::net::UnixListener::bind(dir.path().join(NAME)).unwrap());
        assert!(call(dir.path(), "echo", json!(1)).await.unwrap().is_none(), "dead sockets count as none");
        let answer =
            while_serving(dir.path(), async || call(dir.path(), "echo", json!(2)).await.unwrap()).await;
        assert_eq!(answer, Some(json!(2)));
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn a_folder_with_a_very_long_path_works() {
        let base = tempfile::tempdir().unwrap();
        let dir = base.path().join("x".repeat(120)).join("y".repeat(120));
        std::fs::create_dir_all(&dir).unwrap();
        let answer = while_serving(&dir, async || call(&dir, "echo", json!(3)).await.unwrap()).await;
        assert_eq!(answer, Some(json!(3)));
        assert!(!dir.join(NAME).exists());
    }
}
