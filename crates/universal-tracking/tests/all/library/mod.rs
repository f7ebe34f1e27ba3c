//! The system as a library: in this process, and as the example shop runs it.

mod example;
mod identified;
mod joined;
mod mounted;
mod shop;
mod tracked;

use std::path::Path;
use universal_tracking::{Config, NewSite, Tracking, TrackingBuilder};

/// A site of the library's tests.
fn site(domain: &str) -> NewSite {
    NewSite {
        domains: vec![domain.to_owned()],
        currency: "EUR".to_owned(),
        time_zone: "Europe/Berlin".to_owned(),
        ..NewSite::default()
    }
}

/// A system on `folder` whose history waits: this process has many tests, and the engine opens once in it.
fn builder(folder: &Path) -> TrackingBuilder {
    let config = Config::builder().data_dir(folder).set("UT_CHDB_LIB", "/nonexistent/libchdb.so");
    Tracking::builder().config(config.build().unwrap())
}
