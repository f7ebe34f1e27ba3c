//! What happens in a shop, from the wire to the commit record.
//!
//! `Draft` (checked by the door) → `Received` (a request's drafts, as logged) → `Event` (decided) → `Frame` (the
//! commit record of a stretch of the log). What more than one module reads has a file of its own here.

mod commerce;
mod consent;
mod draft;
mod frame;
mod identity;
mod page;
mod session;

pub use commerce::{Amount, AmountError, Currency, CurrencyError, Item};
pub use consent::Consent;
pub use draft::{Draft, EventName, NameError, Received, Sealed};
pub use frame::{DropReason, Event, Fate, Frame};
pub use identity::{Identity, Ids};
pub use page::PageAddress;
pub use session::{SESSION_MAX_MS, SessionState};
