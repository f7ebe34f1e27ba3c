//! Streams an answer without holding it in memory.

use super::refused;
use crate::params::bound_text;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};
use ut_chdb::{BoundParam, Connection};
use ut_core::ports::OlapError;

/// Pieces that may wait for a slow reader.
pub(super) const WAITING: usize = 2;
/// How often a full channel is looked at again. A blocking send could not be ended by closing the engine.
const LOOK: Duration = Duration::from_millis(5);
/// Piece of a file.
const FILE_PIECE: usize = 256 * 1024;
/// Folder for answers that must be written as a whole first.
const FOLDER: &str = "exports";

/// A question whose answer is streamed.
pub(super) struct Export {
    pub(super) sql: String,
    pub(super) params: Vec<BoundParam>,
    pub(super) format: String,
    /// Where a file may be written.
    pub(super) data_dir: PathBuf,
    /// Tells files of this process apart.
    pub(super) number: u64,
}

/// How the engine's pieces, each a complete document, become one.
enum Shape {
    /// Put end to end.
    Lines,
    /// Put end to end, after taking the header line off all but the first.
    HeaderLine,
    /// They do not: written into a file as one document.
    Whole,
}

fn shape(format: &str) -> Shape {
    match format {
        "JSONEachRow" | "JSONLines" | "NDJSON" | "JSONCompactEachRow" | "CSV" | "TSV" | "TabSeparated"
        | "RowBinary" => Shape::Lines,
        "CSVWithNames" | "TSVWithNames" | "TabSeparatedWithNames" => Shape::HeaderLine,
        _ => Shape::Whole,
    }
}

/// Removes what an earlier process left.
pub(super) fn clean(data_dir: &Path) {
    // Nothing there is the usual case; something that stays costs space, nothing else.
    let _ = std::fs::remove_dir_all(data_dir.join(FOLDER));
}

impl Export {
    /// Runs it on a connection's thread.
    pub(super) fn run(self, connection: &mut Connection, reader: Reader) {
        let mut sink = Sink { started: Some(reader.started), pieces: reader.pieces, closing: reader.closing };
        let result = match shape(&self.format) {
            Shape::Lines => self.pieces(connection, &mut sink, false),
            Shape::HeaderLine => self.pieces(connection, &mut sink, true),
            Shape::Whole => self.whole(connection, &mut sink),
        };
        // The reader may have gone in either case.
        if let Some(started) = sink.started.take() {
            drop(started.send(result.clone()));
        }
        // Ends the pieces before the outcome is looked for.
        drop(sink);
        drop(reader.outcome.send(result));
    }

    fn pieces(&self, connection: &mut Connection, sink: &mut Sink, headed: bool) -> Result<(), OlapError> {
        let mut stream = connection.stream(&self.sql, &self.format, &self.params).map_err(refused)?;
        let mut header: Option<Vec<u8>> = None;
        while let Some(piece) = stream.fetch().map_err(refused)? {
            let bytes = piece.bytes();
            let rows = match &header {
                Some(header) => bytes.strip_prefix(header.as_slice()).unwrap_or(bytes),
                None => bytes,
            };
            sink.send(rows.to_vec())?;
            if headed && header.is_none() {
                let line = bytes.iter().position(|byte| *byte == b'\n').map_or(0, |end| end + 1);
                header = Some(bytes[..line].to_vec());
            }
        }
        Ok(())
    }

    fn whole(&self, connection: &mut Connection, sink: &mut Sink) -> Result<(), OlapError> {
        let folder = self.data_dir.join(FOLDER);
        std::fs::create_dir_all(&folder).map_err(|error| no_file(&error))?;
        let path = folder.join(self.number.to_string());
        let result =
            self.write(connection, &path).and_then(|()| File::open(&path).map_err(|error| no_file(&error)));
        // Gone by name at once; the open file lives until it is read.
        let _ = std::fs::remove_file(&path);
        let mut file = result?;
        loop {
            let mut piece = Vec::with_capacity(FILE_PIECE);
            let read = Read::by_ref(&mut file).take(FILE_PIECE as u64).read_to_end(&mut piece);
            if read.map_err(|error| no_file(&error))? == 0 {
                return Ok(());
            }
            sink.send(piece)?;
        }
    }

    fn write(&self, connection: &mut Connection, path: &Path) -> Result<(), OlapError> {
        let sql = format!("{}{}", include_str!("../sql/insert_into_file.sql"), self.sql);
        let mut params = self.params.clone();
        params.push(bound_text("ut_path", &path.to_string_lossy()));
        params.push(bound_text("ut_format", &self.format));
        connection.query(&sql, "Null", &params).map(drop).map_err(refused)
    }
}

fn no_file(error: &std::io::Error) -> OlapError {
    OlapError::Unavailable(format!("the export cannot be written: {error}"))
}

/// Where the answer goes.
pub(super) struct Reader {
    /// Told once the first piece is there, or the query has failed.
    pub(super) started: oneshot::Sender<Result<(), OlapError>>,
    /// The pieces.
    pub(super) pieces: mpsc::Sender<Vec<u8>>,
    /// Told after the last piece whether the answer is whole; it never waits behind pieces that nobody reads.
    pub(super) outcome: oneshot::Sender<Result<(), OlapError>>,
    /// The engine is closing: do not wait for the reader.
    pub(super) closing: Arc<AtomicBool>,
}

struct Sink {
    started: Option<oneshot::Sender<Result<(), OlapError>>>,
    pieces: mpsc::Sender<Vec<u8>>,
    closing: Arc<AtomicBool>,
}

impl Sink {
    /// Waits until there is room.
    fn send(&mut self, mut piece: Vec<u8>) -> Result<(), OlapError> {
        if let Some(started) = self.started.take() {
            // Without a reader the piece finds that out.
            drop(started.send(Ok(())));
        }
        while !piece.is_empty() {
            match self.pieces.try_send(piece) {
                Ok(()) => break,
                Err(TrySendError::Closed(_)) => {
                    return Err(OlapError::Unavailable("the reader has gone".to_owned()));
                }
                Err(TrySendError::Full(_)) if self.closing.load(Ordering::SeqCst) => {
                    return Err(super::closing());
                }
                Err(TrySendError::Full(back)) => piece = back,
            }
            std::thread::sleep(LOOK);
        }
        Ok(())
    }
}
