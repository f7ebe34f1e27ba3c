//! The sites and their settings, in memory and in the transactional store.
