//! Universal Tracking: collects what happens in a shop, loses none of it and answers in real time.
//!
//! This crate is the facade a Rust shop adds to its own axum app, and the program `universal-tracking`.
//!
//! [`Tracking`] is the system inside an axum app: its routes, and events tracked by the app itself.
//!
//! * [`config`]: the one table of settings and the typed configuration made from it.
//! * [`data_dir`]: the folder that holds everything, held by one process at a time.
//! * [`control`]: how commands reach a running server.
//! * [`admin`]: what an owner can have done from the command line, with and without a running server.
//!
//! The feature `server` (default) adds the program:
//!
//! * `serve`: what surrounds the server: listeners, signals, log lines, the banner.
//! * `demo`: a seeded crowd that walks through the demo shop.
//! * `cli`: the commands.

pub mod admin;
#[cfg(feature = "server")]
mod backup;
#[cfg(feature = "server")]
pub mod cli;
pub mod config;
pub mod control;
pub mod data_dir;
#[cfg(feature = "server")]
pub mod demo;
mod failure;
mod library;
mod rank;
mod routes;
#[cfg(feature = "server")]
pub mod serve;
mod system;

pub use config::Config;
pub use failure::Failure;
pub use library::{
    Event, Identified, Item, LeftOut, Order, Person, TrackError, Tracking, TrackingBuilder, Visitor,
};
pub use ut_core::event::Consent;
pub use ut_tracking::sites::NewSite;
