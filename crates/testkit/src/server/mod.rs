//! The program itself as tests use it: started on a folder and a free port, killed, asked over HTTP.

mod events;
mod process;
mod shop;
mod truth;

pub use events::{batch, event, now_ms, page_view};
pub use process::{Server, run};
pub use shop::Shop;
