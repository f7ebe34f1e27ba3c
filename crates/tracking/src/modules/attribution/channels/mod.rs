//! One classifier from a stored source to its channel, asked at query time, so that a changed rule changes the past.

mod rules;
#[cfg(test)]
mod tests;

pub use rules::{CHANNELS, Channel, channel};
