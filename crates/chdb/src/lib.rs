//! chdb
