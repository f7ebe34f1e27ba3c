//! The pipeline, the history and the modules.

pub mod accounts;
pub mod sites;
