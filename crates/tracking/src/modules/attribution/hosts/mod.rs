//! Who is behind a host, or behind what a campaign calls its source: tables in plain text, and the walk through them.

mod facts;
mod rules;
#[cfg(test)]
mod tests;

pub(super) use facts::{Kind, Known};
pub(super) use rules::{by_host, by_name, gateway, key, on_the_way, plain};
