//! The words of Universal Tracking and the ports behind which its stores live.
//!
//! **Architecture invariant:** this crate knows no driver, no HTTP and no module. Everything in it is either plain
//! data, a pure function or a trait.
//!
//! * [`event`]: what a browser sends ([`event::Draft`]), what the pipeline decides ([`event::Event`],
//!   [`event::Frame`]) and the topics more than one module reads (session, page, commerce, …).
//! * [`ports`]: [`ports::Log`], [`ports::Realtime`], [`ports::Olap`], [`ports::Transactional`].
//! * [`module`]: the trait a feature implements; [`inquiry`]: reports in statements of its own.
//! * [`order`]: what is said of an order.
//! * [`rights`]: what a person may ask for.

mod clock;
mod deps;
pub mod event;
mod ids;
pub mod inquiry;
pub mod keys;
pub mod module;
pub mod order;
pub mod ports;
pub mod rights;
pub mod site;

pub use clock::{Clock, SystemClock};
pub use deps::Deps;
pub use ids::{EventId, LogId, Lsn, PageViewKey, SessionKey, SiteId, VisitorId, VisitorKey};
