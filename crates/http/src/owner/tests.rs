//! The owner's surface through its own router.
