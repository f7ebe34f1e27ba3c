//! The owner's surface through its real router, on the stores of a single process.

mod administration;
mod callers;
mod guard;
mod sign_in;
mod users;
mod world;
