//! What can go wrong, with ClickHouse's own code where it has one.

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The shared object cannot be opened or lacks a function.
    #[error("cannot load {path}: {reason}")]
    Load {
        /// The shared object.
        path: String,
        /// The loader's words.
        reason: String,
    },
    /// The data directory cannot be opened.
    #[error("cannot open {path}: {reason}")]
    Open {
        /// The data directory.
        path: String,
        /// Why, in plain words.
        reason: String,
    },
    /// ClickHouse refused the statement.
    #[error("code {code}: {message}")]
    Refused {
        /// ClickHouse's error code, e.g. 159 for a time-out; 0 when it gave none.
        code: i32,
        /// Its message, without the code.
        message: String,
    },
    /// The engine could not stop its threads; data is safe and its files are free.
    #[error("the engine could not end its threads")]
    Shutdown,
}

impl Error {
    /// Takes apart `Code: 60. DB::Exception: Table … (UNKNOWN_TABLE)`.
    pub(crate) fn from_engine(text: &str) -> Self {
        let text = text.trim();
        let parsed = text.strip_prefix("Code: ").and_then(|rest| {
            let (code, message) = rest.split_once(". ")?;
            Some((code.parse::<i32>().ok()?, message))
        });
        let (code, message) = parsed.unwrap_or((0, text));
        let message = message.strip_prefix("DB::Exception: ").unwrap_or(message);
        Self::Refused { code, message: message.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::Error;

    #[test]
    fn the_code_is_taken_from_the_message() {
        let error =
            Error::from_engine("Code: 60. DB::Exception: Table default.t does not exist. (UNKNOWN_TABLE)\n");
        let message = "Table default.t does not exist. (UNKNOWN_TABLE)".to_owned();
        assert_eq!(error, Error::Refused { code: 60, message });
    }

    #[test]
    fn a_message_without_a_code_is_kept() {
        let error = Error::from_engine("Invalid or closed connection");
        assert_eq!(error, Error::Refused { code: 0, message: "Invalid or closed connection".to_owned() });
    }
}
