//! The choice a browser keeps (`_ut_c`): axes with their times, and no identifier.
//!
//! `v1.<said>.<policy>`, where `<said>` is a letter and Unix milliseconds per axis that was spoken of: `A`, `M`, `P` granted,
//! `a`, `m`, `p` denied; `o` stands for the opt-out and `g` for Global Privacy Control.

mod facts;

pub use facts::{Choice, NotAChoice};
