//! The built program, end to end.

mod commands;
mod crowd;
mod program;
mod serving;
mod settings;
