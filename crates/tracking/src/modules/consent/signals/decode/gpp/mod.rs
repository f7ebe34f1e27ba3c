//! Strings of IAB's Global Privacy Platform: a header, and a section for each law that was asked about.
//!
//! | sections | say |
//! |---|---|
//! | 2 (European Union) | what the TC string in it says |
//! | 6 (US Privacy) | an opt-out of sale denies marketing |
//! | 7 to 27 (US national and states) | an opt-out of sale, of sharing or of targeted advertising denies marketing, and so does a known child without consent; Global Privacy Control denies marketing and personalization |
//!
//! These laws of the United States know opt-outs: who has not opted out has granted nothing, so such a section never grants.
//! Notices, sensitive data (nothing of it is collected), purposes beyond those disclosed and the agreement between companies
//! (MSPA) say nothing of an axis. Sections of other numbers or versions are passed over; a string without any other
//! is not understood, nor is one with a damaged section. If sections differ, the denial counts.

mod facts;
mod rules;
#[cfg(test)]
mod tests;

use super::{Decode, Decoded, NotUnderstood};

/// GPP strings.
#[derive(Debug, Clone, Copy)]
pub struct Gpp;

impl Decode for Gpp {
    fn decode(&self, raw: &str) -> Result<Decoded, NotUnderstood> {
        rules::read(raw)
    }
}
