//! Modules that only tests register: the proof that a module is one folder and one line.

mod guestbook;

pub use guestbook::Guestbook;
