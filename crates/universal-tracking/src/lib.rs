//! Universal Tracking.
