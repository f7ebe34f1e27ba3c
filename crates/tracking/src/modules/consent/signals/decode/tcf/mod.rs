//! TC strings of IAB Europe's Transparency and Consent Framework, versions 2.0 to 2.3.
//!
//! The layout is that of "Transparency and Consent String with Global Vendor & CMP List Formats", the purposes are those of
//! the framework's policies, appendix A:
//!
//! | axis | purposes |
//! |---|---|
//! | analytics | 1 (store on a device), and 8 (measure content) or 9 (understand audiences) |
//! | marketing | 1, 2 (select advertising), 3 and 4 (profiles for it), 7 (measure it) |
//! | personalization | 1, 5 and 6 (profiles for content) |
//!
//! Each of them asks for consent; 2, 7, 8 and 9 may rest on a legitimate interest instead, which the policies rule out for
//! the others. Whether a vendor is listed is not asked: the shop measures for itself. A platform that did not ask for
//! purpose 1 ("purpose one treatment") has no consent to it.

mod rules;
#[cfg(test)]
pub(super) mod tests;

use super::{Decode, Decoded, NotUnderstood};

/// TC strings.
#[derive(Debug, Clone, Copy)]
pub struct Tcf;

impl Decode for Tcf {
    fn decode(&self, raw: &str) -> Result<Decoded, NotUnderstood> {
        rules::read(raw)
    }
}
