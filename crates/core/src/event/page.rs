//! The address of a page.

use serde::{Deserialize, Serialize};

/// Where something happened; made from the event's URL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageAddress {
    /// Host in lower case, without port.
    pub hostname: String,
    /// Path, percent-encoding as sent, always starting with `/`.
    pub path: String,
}
