//! What every adapter of a port must do. Each suite takes the port as a trait object and panics where it is broken.

pub mod log;
pub mod olap;
pub mod realtime;
pub mod transactional;
