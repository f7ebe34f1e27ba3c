//! The owner's surface: who may use it, and administration.
