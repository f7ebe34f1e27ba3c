//! What happens in a shop, from the wire to the commit record.
//!
//! `Draft` (checked by the door) → `Received` (a request's drafts, as logged) → `Event` (decided) → `Frame` (the
//! commit record of a stretch of the log). What more than one module reads has a file of its own here.

mod circumstances;
mod client;
mod commerce;
mod consent;
mod device;
mod draft;
mod frame;
mod identity;
mod page;
mod parked;
mod place;
mod session;
mod source;
mod vital;

pub use circumstances::Circumstances;
pub use client::{Client, Confidential, Hints};
pub use commerce::{Amount, AmountError, Currency, CurrencyError, Item};
pub use consent::Consent;
pub use device::{Device, DeviceType};
pub use draft::{Draft, Engagement, EventName, LATE_MS, NameError, Received, ReceivedError, Sealed, is_late};
pub use frame::{DropReason, Event, Fate, Frame, FrameError, Settlement};
pub use identity::{Identity, Ids};
pub use page::PageAddress;
pub use parked::{Again, Finding, Parked, Reentries};
pub use place::{Place, PlaceSource};
pub use session::{Happening, Opening, Origin, PageViewState, SESSION_MAX_MS, SessionState};
pub use source::Source;
pub use vital::{Vital, VitalMetric};
