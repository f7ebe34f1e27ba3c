//! One connection to the engine: it runs one statement at a time.

use crate::symbols::{RawConnection, RawInsert};
use crate::{Answer, Error, Library};
use std::ffi::CStr;
use std::io;
use std::ptr::NonNull;

/// The value of `{name:Type}` in a statement, in ClickHouse's text-escaped form (backslash, tab and line feed escaped).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundParam {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Vec<u8>,
}

/// A connection; closed when dropped. It may move to another thread.
pub struct Connection {
    library: &'static Library,
    handle: NonNull<*mut RawConnection>,
    /// The last statement did not end well: see [`Connection::settle`].
    unsettled: bool,
}

// SAFETY: the library binds a connection to no thread; `&mut self` on every call keeps calls from overlapping.
unsafe impl Send for Connection {}

/// The four arrays of a call with parameters, borrowed from the parameters.
struct ParamArrays {
    names: Vec<*const u8>,
    name_lengths: Vec<usize>,
    values: Vec<*const u8>,
    value_lengths: Vec<usize>,
}

impl ParamArrays {
    fn new(params: &[BoundParam]) -> Self {
        Self {
            names: params.iter().map(|param| param.name.as_ptr()).collect(),
            name_lengths: params.iter().map(|param| param.name.len()).collect(),
            values: params.iter().map(|param| param.value.as_ptr()).collect(),
            value_lengths: params.iter().map(|param| param.value.len()).collect(),
        }
    }
}

/// Whether the answer comes at once or piece by piece.
#[derive(Clone, Copy)]
enum Delivery {
    Whole,
    Streamed,
}

impl Connection {
    pub(crate) const fn new(library: &'static Library, handle: NonNull<*mut RawConnection>) -> Self {
        Self { library, handle, unsettled: false }
    }

    fn raw(&self) -> *mut RawConnection {
        // SAFETY: the handle points to the library's slot for this connection until it is closed in `drop`.
        unsafe { *self.handle.as_ptr() }
    }

    /// One call into the library.
    fn call(
        &mut self,
        delivery: Delivery,
        sql: &str,
        format: &str,
        params: &[BoundParam],
    ) -> Result<Answer, Error> {
        let call = match delivery {
            Delivery::Whole => self.library.symbols.query,
            Delivery::Streamed => self.library.symbols.stream_query,
        };
        let arrays = ParamArrays::new(params);
        // SAFETY: the connection is open and not in use elsewhere; every pointer comes with its length and outlives
        // the call, which copies what it keeps.
        let raw = unsafe {
            call(
                self.raw(),
                sql.as_ptr(),
                sql.len(),
                format.as_ptr(),
                format.len(),
                arrays.names.as_ptr(),
                arrays.name_lengths.as_ptr(),
                arrays.values.as_ptr(),
                arrays.value_lengths.as_ptr(),
                params.len(),
            )
        };
        crate::exit_guard::statement_ended();
        // SAFETY: the library has just handed the result over to us.
        unsafe { Answer::take(self.library, raw) }
    }

    /// Sweeps up after a statement that failed or was left. The library hands the output it had begun to the **next**
    /// statement of the connection, in front of that one's own, and until then keeps the dead query with its memory
    /// in `system.processes`. So a next statement is run whose answer is thrown away.
    fn settle(&mut self) -> Result<(), Error> {
        if self.unsettled {
            self.call(Delivery::Whole, include_str!("sql/settle.sql"), "Null", &[])?;
            self.unsettled = false;
        }
        Ok(())
    }

    /// Runs `work` on a settled connection and leaves a settled one behind.
    fn settled<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, Error>) -> Result<T, Error> {
        self.settle()?;
        work(self).inspect_err(|_| self.sweep())
    }

    /// Settles now; when that fails, the next call tries again and has its error.
    fn sweep(&mut self) {
        self.unsettled = true;
        let _ = self.settle();
    }

    /// Runs one statement and returns its whole answer in `format`.
    ///
    /// # Errors
    /// [`Error::Refused`] with ClickHouse's code.
    pub fn query(&mut self, sql: &str, format: &str, params: &[BoundParam]) -> Result<Answer, Error> {
        self.settled(|connection| connection.call(Delivery::Whole, sql, format, params))
    }

    /// Starts a query whose answer is fetched piece by piece. Each piece is a complete document in `format`: a format
    /// with a header repeats it.
    ///
    /// # Errors
    /// [`Error::Refused`] when the query cannot start.
    pub fn stream(
        &mut self,
        sql: &str,
        format: &str,
        params: &[BoundParam],
    ) -> Result<QueryStream<'_>, Error> {
        let handle = self.settled(|connection| connection.call(Delivery::Streamed, sql, format, params))?;
        Ok(QueryStream { connection: self, handle: Some(handle), state: Streaming::Going })
    }

    /// Inserts what `write` writes through an `INSERT` without `FORMAT` or values; below about a million rows it becomes
    /// one block. The engine takes each piece as it is written: give it few and large ones.
    ///
    /// # Errors
    /// [`Error::Refused`]; how much was stored is then unknown.
    pub fn insert(
        &mut self,
        sql: &str,
        format: &str,
        write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>,
    ) -> Result<(), Error> {
        self.settled(|connection| connection.insert_stream(sql, format, write))
    }

    fn insert_stream(
        &mut self,
        sql: &str,
        format: &str,
        write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>,
    ) -> Result<(), Error> {
        // SAFETY: the connection is open and not in use elsewhere; pointers come with their lengths and outlive the call.
        let raw = unsafe {
            (self.library.symbols.insert)(self.raw(), sql.as_ptr(), sql.len(), format.as_ptr(), format.len())
        };
        let Some(raw) = NonNull::new(raw) else {
            return Err(Error::from_engine("the engine returned no insert stream"));
        };
        let stream = InsertStream { library: self.library, raw };
        stream.check()?;
        let mut pieces = Pieces { stream: &stream, refusal: None };
        if let Err(error) = write(&mut pieces) {
            return Err(pieces.refusal.unwrap_or_else(|| Error::from_engine(&error.to_string())));
        }
        let result = stream.finish();
        crate::exit_guard::statement_ended();
        result
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // SAFETY: open, ours alone and closed once; waits for nothing, because no call can be running.
        unsafe { (self.library.symbols.close_connection)(self.handle.as_ptr()) };
        crate::process::connection_closed();
    }
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection").finish_non_exhaustive()
    }
}

/// How far a stream has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Streaming {
    Going,
    Failed,
    Ended,
}

/// A query whose answer is fetched piece by piece; dropping it cancels what is still running.
#[derive(Debug)]
pub struct QueryStream<'a> {
    connection: &'a mut Connection,
    /// Always there until `drop`.
    handle: Option<Answer>,
    state: Streaming,
}

impl QueryStream<'_> {
    /// The next piece; `None` at the end. After an error the stream has ended.
    ///
    /// # Errors
    /// [`Error::Refused`], e.g. code 159 (time-out) or 394 (cancelled).
    pub fn fetch(&mut self) -> Result<Option<Answer>, Error> {
        let (Streaming::Going, Some(handle)) = (self.state, &self.handle) else { return Ok(None) };
        let library = self.connection.library;
        // SAFETY: connection and stream are alive, and `&mut self` keeps other calls away.
        let raw = unsafe { (library.symbols.stream_fetch)(self.connection.raw(), handle.raw()) };
        // SAFETY: the library has just handed the piece over to us.
        let piece = unsafe { Answer::take(library, raw) };
        match piece {
            Ok(piece) if piece.bytes().is_empty() => {
                self.state = Streaming::Ended;
                Ok(None)
            }
            Ok(piece) => Ok(Some(piece)),
            Err(error) => {
                self.state = Streaming::Failed;
                Err(error)
            }
        }
    }
}

impl Drop for QueryStream<'_> {
    fn drop(&mut self) {
        let handle = self.handle.take();
        if let (Streaming::Going, Some(handle)) = (self.state, &handle) {
            // SAFETY: connection and stream are alive; the handle is freed below by its own `Drop`.
            unsafe { (self.connection.library.symbols.stream_cancel)(self.connection.raw(), handle.raw()) };
        }
        drop(handle);
        if self.state != Streaming::Ended {
            self.connection.sweep();
        }
    }
}

/// A streaming insert; an unfinished one is cancelled when dropped.
struct InsertStream {
    library: &'static Library,
    raw: NonNull<RawInsert>,
}

impl InsertStream {
    fn check(&self) -> Result<(), Error> {
        // SAFETY: the stream is alive.
        let text = unsafe { (self.library.symbols.insert_error)(self.raw.as_ptr()) };
        if text.is_null() {
            return Ok(());
        }
        // SAFETY: not null, NUL-terminated, alive as long as the stream.
        Err(Error::from_engine(&unsafe { CStr::from_ptr(text) }.to_string_lossy()))
    }

    fn append(&self, data: &[u8]) -> Result<(), Error> {
        // SAFETY: the stream is alive; the bytes are read before the call returns.
        let status =
            unsafe { (self.library.symbols.insert_append)(self.raw.as_ptr(), data.as_ptr(), data.len()) };
        if status == 0 {
            return Ok(());
        }
        self.check()?;
        Err(Error::from_engine("the engine refused the rows without a reason"))
    }

    fn finish(&self) -> Result<(), Error> {
        // SAFETY: the stream is alive and has not been finished.
        let raw = unsafe { (self.library.symbols.insert_done)(self.raw.as_ptr()) };
        // SAFETY: the library has just handed the result over to us.
        unsafe { Answer::take(self.library, raw) }.map(drop)
    }
}

/// What is written into a stream.
struct Pieces<'a> {
    stream: &'a InsertStream,
    refusal: Option<Error>,
}

impl io::Write for Pieces<'_> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let appended = if piece.is_empty() { Ok(()) } else { self.stream.append(piece) };
        appended.map_err(|error| {
            let told = io::Error::other(error.to_string());
            self.refusal = Some(error);
            told
        })?;
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for InsertStream {
    fn drop(&mut self) {
        // SAFETY: ours alone and destroyed once; the library cancels it if it was not finished.
        unsafe { (self.library.symbols.insert_destroy)(self.raw.as_ptr()) };
    }
}
