//! From the address of a page and its referrer to what brought the visitor.

mod facts;
mod rules;
#[cfg(test)]
mod tests;

pub(super) use facts::{click_id, is_display, is_paid};
pub(super) use rules::{Surroundings, resolve, stays};
