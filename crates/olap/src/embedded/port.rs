//! The port, in terms of connections and their threads.

use super::export::{Export, Reader, WAITING};
use super::lanes::{CancelOnDrop, Lanes, Purpose};
use super::{CLOSE, Embedded, closing, migrate, refused};
use crate::params::{bind, identifier};
use crate::rows;
use futures_core::stream::BoxStream;
use futures_util::{StreamExt, stream};
use std::io::{BufWriter, Write};
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::{mpsc, oneshot};
use ut_chdb::Connection;
use ut_core::module::Migration;
use ut_core::ports::{Olap, OlapError, OlapRows, Param, TableRows};

/// The rows of one insert become one block only below this.
const MOST_ROWS: u64 = 500_000;
/// The engine is given pieces of at least so many bytes.
const PIECE_BYTES: usize = 256 << 10;
/// ClickHouse's TOO_MANY_ROWS.
const TOO_MANY_ROWS: i32 = 158;

/// Runs `work` on a connection and waits for its answer.
async fn run<T: Send + 'static>(
    lanes: &Lanes,
    purpose: Purpose,
    work: impl FnOnce(&mut Connection) -> Result<T, OlapError> + Send + 'static,
) -> Result<T, OlapError> {
    let (reply, answer) = oneshot::channel();
    let mut cancel = lanes.submit(
        purpose,
        // Nobody waits any more when the caller has gone.
        Box::new(move |connection| drop(reply.send(work(connection)))),
    )?;
    let answer = answer.await.unwrap_or_else(|_| Err(closing()));
    cancel.answered();
    answer
}

/// The statement without a `;` at its end: text may follow it.
fn trimmed(sql: &str) -> String {
    sql.trim_end().trim_end_matches(';').to_owned()
}

/// A stream that yields the pieces, then the error if there was one. Dropping it cancels the query.
struct Pieces {
    pieces: mpsc::Receiver<Vec<u8>>,
    outcome: Option<oneshot::Receiver<Result<(), OlapError>>>,
    cancel: CancelOnDrop,
}

impl Pieces {
    async fn next(&mut self) -> Option<Result<Vec<u8>, OlapError>> {
        if let Some(piece) = self.pieces.recv().await {
            return Some(Ok(piece));
        }
        let outcome = self.outcome.take()?.await;
        self.cancel.answered();
        // Never told: the engine closed before the answer was whole.
        outcome.unwrap_or_else(|_| Err(closing())).err().map(Err)
    }
}

#[async_trait::async_trait]
impl Olap for Embedded {
    /// Statements run one after the other with inserts and migrations, without a time limit; dropping the future does
    /// not stop one.
    async fn execute(&self, sql: &str, params: &[Param]) -> Result<(), OlapError> {
        let (sql, params) = (sql.to_owned(), bind(params));
        let lanes = self.shared.lanes()?;
        run(&lanes, Purpose::Write, move |connection| {
            connection.query(&sql, "Null", &params).map(drop).map_err(refused)
        })
        .await
    }

    /// Dropping the future cancels the query.
    async fn query(&self, sql: &str, params: &[Param]) -> Result<OlapRows, OlapError> {
        let (sql, params) = (sql.to_owned(), bind(params));
        let lanes = self.shared.lanes()?;
        run(&lanes, Purpose::Read, move |connection| {
            let began = Instant::now();
            let answer = connection.query(&sql, rows::FORMAT, &params).map_err(refused)?;
            // Which question was slow. The values are bound, so nobody's name is in the statement.
            tracing::debug!(ms = began.elapsed().as_secs_f64() * 1e3, sql, "history was asked");
            rows::parse(answer.bytes())
        })
        .await
    }

    /// Formats made of lines come as the engine makes them; any other one (Parquet, JSON, …) is written into a file of
    /// the data directory first, and then read. Limited to an hour.
    async fn stream(
        &self,
        sql: &str,
        params: &[Param],
        format: &str,
    ) -> Result<BoxStream<'static, Result<Vec<u8>, OlapError>>, OlapError> {
        let lanes = self.shared.lanes()?;
        let export = Export {
            sql: trimmed(sql),
            params: bind(params),
            format: format.to_owned(),
            data_dir: self.shared.data_dir.clone(),
            number: self.shared.next_number(),
        };
        let (started, has_started) = oneshot::channel();
        let (sender, pieces) = mpsc::channel(WAITING);
        let (outcome, has_ended) = oneshot::channel();
        let reader = Reader { started, pieces: sender, outcome, closing: lanes.closing() };
        let cancel =
            lanes.submit(Purpose::Export, Box::new(move |connection| export.run(connection, reader)))?;
        has_started.await.unwrap_or_else(|_| Err(closing()))?;
        let pieces = Pieces { pieces, outcome: Some(has_ended), cancel };
        Ok(stream::unfold(pieces, |mut pieces| async { pieces.next().await.map(|piece| (piece, pieces)) })
            .boxed())
    }

    /// One block and, per partition, one part; on disk when it returns, if the table was created with
    /// `fsync_after_insert = 1, fsync_part_directory = 1`. Dropping the future does not stop it: it ends before any
    /// later `execute`, `insert` or `migrate` begins.
    async fn insert(&self, table: &str, rows: &Arc<TableRows>) -> Result<(), OlapError> {
        if rows.rows() == 0 {
            return Ok(());
        }
        if rows.rows() >= MOST_ROWS {
            let message =
                format!("{} rows in one insert; fewer than {MOST_ROWS} make one block", rows.rows());
            return Err(OlapError::Refused { code: TOO_MANY_ROWS, message });
        }
        let columns: Vec<_> = rows.columns.iter().map(|column| identifier(column)).collect();
        let sql = include_str!("../sql/insert.sql")
            .replace("{table}", &identifier(table))
            .replace("{columns}", &columns.join(", "));
        rows.check()?;
        let rows = Arc::clone(rows);
        let lanes = self.shared.lanes()?;
        run(&lanes, Purpose::Write, move |connection| {
            let write = |out: &mut dyn Write| {
                let mut out = BufWriter::with_capacity(PIECE_BYTES, out);
                rows.write_native(&mut out)?;
                out.flush()
            };
            connection.insert(&sql, "Native", write).map_err(refused)
        })
        .await
    }

    async fn migrate(&self, migrations: &[Migration]) -> Result<usize, OlapError> {
        let migrations = migrations.to_vec();
        let now_ms = self.shared.clock.now_ms();
        let lanes = self.shared.lanes()?;
        run(&lanes, Purpose::Write, move |connection| migrate::migrate(connection, &migrations, now_ms)).await
    }

    async fn ping(&self) -> Result<(), OlapError> {
        let lanes = self.shared.lanes()?;
        lanes.ping().await.map_or_else(|_| Err(closing()), |answer| answer.map_err(refused))
    }

    async fn close(&self) {
        let (done, is_done) = oneshot::channel();
        let shared = Arc::clone(&self.shared);
        let closing = move || {
            shared.close(Instant::now() + CLOSE);
            // The caller may have given up waiting.
            let _ = done.send(());
        };
        match std::thread::Builder::new().name("olap-close".to_owned()).spawn(closing) {
            Ok(_) => drop(is_done.await),
            Err(error) => tracing::error!(%error, "no thread to close the embedded engine on"),
        }
    }
}
