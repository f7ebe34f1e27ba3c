//! The door table.
