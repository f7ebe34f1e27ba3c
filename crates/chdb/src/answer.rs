//! The bytes a query answered, still in the library's memory.

use crate::symbols::RawResult;
use crate::{Error, Library};
use std::ffi::CStr;
use std::ptr::NonNull;

/// An answer; frees the library's memory when dropped.
pub struct Answer {
    library: &'static Library,
    raw: NonNull<RawResult>,
}

// SAFETY: an answer is a block of memory of its own, bound neither to its connection nor to a thread.
unsafe impl Send for Answer {}

impl Answer {
    /// Takes what the library returned, or the error inside it.
    ///
    /// # Safety
    /// `raw` is null, or a result of `library` that nobody else frees.
    pub(crate) unsafe fn take(library: &'static Library, raw: *mut RawResult) -> Result<Self, Error> {
        let Some(raw) = NonNull::new(raw) else {
            return Err(Error::from_engine("the engine returned nothing"));
        };
        let answer = Self { library, raw };
        match answer.error() {
            Some(error) => Err(error),
            None => Ok(answer),
        }
    }

    /// The handle, e.g. of a stream.
    pub(crate) const fn raw(&self) -> *mut RawResult {
        self.raw.as_ptr()
    }

    fn error(&self) -> Option<Error> {
        // SAFETY: the result is alive.
        let text = unsafe { (self.library.symbols.result_error)(self.raw.as_ptr()) };
        if text.is_null() {
            return None;
        }
        // SAFETY: not null, NUL-terminated, alive as long as the result.
        Some(Error::from_engine(&unsafe { CStr::from_ptr(text) }.to_string_lossy()))
    }

    /// The bytes, in the format that was asked for.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: the result is alive.
        let length = unsafe { (self.library.symbols.result_length)(self.raw.as_ptr()) };
        // SAFETY: the result is alive.
        let start = unsafe { (self.library.symbols.result_buffer)(self.raw.as_ptr()) };
        if start.is_null() || length == 0 {
            return &[];
        }
        // SAFETY: the library keeps `length` bytes at `start`, unchanged, until the result is destroyed in `drop`.
        unsafe { std::slice::from_raw_parts(start, length) }
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        // SAFETY: ours alone, and destroyed once.
        unsafe { (self.library.symbols.result_destroy)(self.raw.as_ptr()) };
    }
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer").field("bytes", &self.bytes().len()).finish_non_exhaustive()
    }
}
