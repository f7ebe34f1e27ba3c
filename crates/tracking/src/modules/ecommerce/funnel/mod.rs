//! The way to an order: how many visits, or visitors, take each of its steps, and how long they need.

mod facts;
mod report;
mod rules;

pub(super) use report::{FUNNEL, FUNNEL_LIVE};
