//! The functions of libchdb that are used, declared by hand: name, shape and nothing else. All sizes are in bytes and
//! no text needs a NUL at its end.

use crate::Error;
use std::ffi::{c_char, c_int};
use std::path::Path;

/// A connection inside the library.
#[repr(C)]
pub(crate) struct RawConnection {
    _opaque: [u8; 0],
}

/// An answer, or the handle of a streaming query.
#[repr(C)]
pub(crate) struct RawResult {
    _opaque: [u8; 0],
}

/// The handle of a streaming insert.
#[repr(C)]
pub(crate) struct RawInsert {
    _opaque: [u8; 0],
}

/// Names, lengths of the names, values, lengths of the values, count.
type QueryFn = unsafe extern "C" fn(
    *mut RawConnection,
    *const u8,
    usize,
    *const u8,
    usize,
    *const *const u8,
    *const usize,
    *const *const u8,
    *const usize,
    usize,
) -> *mut RawResult;

macro_rules! symbols {
    ($($field:ident = $name:literal : $shape:ty;)*) => {
        /// The functions, valid for the life of the process because the library is never unloaded.
        pub(crate) struct Symbols {
            $(pub(crate) $field: $shape,)*
        }

        impl Symbols {
            /// Opens the shared object and finds every function.
            pub(crate) fn load(path: &Path) -> Result<Self, Error> {
                let failed = |reason: libloading::Error| Error::Load {
                    path: path.display().to_string(),
                    reason: reason.to_string(),
                };
                // SAFETY: running the library's initialisers is what loading it means; they have no preconditions.
                let library = unsafe { libloading::Library::new(path) }.map_err(failed)?;
                let symbols = Self {
                    $($field: {
                        // SAFETY: the shape is the one the pinned version of libchdb exports under this name.
                        *unsafe { library.get::<$shape>($name) }.map_err(failed)?
                    },)*
                };
                // Unloading would run destructors below live threads; the function pointers above rely on this too.
                std::mem::forget(library);
                Ok(symbols)
            }
        }
    };
}

symbols! {
    set_signal_handlers_enabled = b"chdb_set_signal_handlers_enabled\0": unsafe extern "C" fn(c_int);
    version = b"chdb_version\0": unsafe extern "C" fn() -> *const c_char;
    connect = b"chdb_connect\0": unsafe extern "C" fn(c_int, *mut *mut c_char) -> *mut *mut RawConnection;
    close_connection = b"chdb_close_conn\0": unsafe extern "C" fn(*mut *mut RawConnection);
    shutdown = b"chdb_shutdown\0": unsafe extern "C" fn() -> c_int;
    query = b"chdb_query_with_params_n\0": QueryFn;
    stream_query = b"chdb_stream_query_with_params_n\0": QueryFn;
    stream_fetch = b"chdb_stream_fetch_result\0":
        unsafe extern "C" fn(*mut RawConnection, *mut RawResult) -> *mut RawResult;
    stream_cancel = b"chdb_stream_cancel_query\0": unsafe extern "C" fn(*mut RawConnection, *mut RawResult);
    insert = b"chdb_stream_insert_n\0":
        unsafe extern "C" fn(*mut RawConnection, *const u8, usize, *const u8, usize) -> *mut RawInsert;
    insert_append = b"chdb_stream_append\0": unsafe extern "C" fn(*mut RawInsert, *const u8, usize) -> c_int;
    insert_done = b"chdb_stream_done\0": unsafe extern "C" fn(*mut RawInsert) -> *mut RawResult;
    insert_error = b"chdb_stream_insert_error\0": unsafe extern "C" fn(*mut RawInsert) -> *const c_char;
    insert_destroy = b"chdb_destroy_insert_stream\0": unsafe extern "C" fn(*mut RawInsert);
    result_buffer = b"chdb_result_buffer\0": unsafe extern "C" fn(*mut RawResult) -> *const u8;
    result_length = b"chdb_result_length\0": unsafe extern "C" fn(*mut RawResult) -> usize;
    result_error = b"chdb_result_error\0": unsafe extern "C" fn(*mut RawResult) -> *const c_char;
    result_destroy = b"chdb_destroy_query_result\0": unsafe extern "C" fn(*mut RawResult);
}
