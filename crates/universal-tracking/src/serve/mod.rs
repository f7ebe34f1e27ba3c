//! What surrounds the server: listeners, signals, log lines, the banner, and the end within ten seconds.

mod banner;
mod http;
mod listen;
mod logs;
mod open_files;
mod patient;
mod places;
mod run;
mod signals;
mod threads;

pub use banner::{Banner, Snippet};
pub use listen::{Listeners, bind};
pub use logs::start as start_logs;
pub use run::{Mode, Start, run_server};
pub(crate) use signals::end_now;
pub use signals::{GRACE, drain, on_signals};
pub(crate) use threads::work;
