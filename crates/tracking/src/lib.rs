//! Universal Tracking behind the door: the pipeline, the history and the modules.
//!
//! [`engine::Engine`] runs the stages of an event's life after the log; [`modules`] are the features; [`history`] owns
//! the shared tables; [`query`] answers questions about them; [`retention`] deletes what is too old; [`sites`] and
//! [`accounts`] keep what an owner enters, [`integrations`] which shop systems tell of orders; [`vault`] seals what
//! points to a person, and [`people`] keeps what a shop tells of them; [`rights`] answers people who ask what is kept of
//! them, and forgets them.
//!
//! **Architecture invariant:** no driver is known here. Stores are reached through the ports of `ut_core`.

pub mod accounts;
mod complaint;
mod consumers;
pub mod csv;
pub mod engine;
pub mod history;
pub mod integrations;
pub mod modules;
pub mod people;
mod pipeline;
pub mod query;
pub mod retention;
pub mod rights;
pub mod sites;
pub mod vault;

pub use consumers::Balance;
