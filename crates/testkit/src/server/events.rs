//! Events as a browser sends them.

use serde_json::{Value, json};
use ut_core::{Clock, SystemClock};
use uuid::Uuid;

/// Unix milliseconds.
#[must_use]
pub fn now_ms() -> i64 {
    SystemClock.now_ms()
}

/// An event with a fresh id, now.
#[must_use]
pub fn event(name: &str, url: &str) -> Value {
    json!({ "id": Uuid::new_v4(), "name": name, "ts": now_ms(), "page_view": Uuid::new_v4(), "seq": 1, "url": url })
}

/// A page view of `path` on `shop.example`.
#[must_use]
pub fn page_view(path: &str) -> Value {
    event("page_view", &format!("https://shop.example{path}"))
}

/// The envelope around events.
#[must_use]
pub fn batch(key: &str, events: &[Value]) -> Value {
    json!({ "site": key, "sent_at": now_ms(), "tz": "Europe/Berlin", "lang": "de-DE", "viewport": [390, 844],
            "consent": { "analytics": false, "marketing": false }, "events": events })
}
