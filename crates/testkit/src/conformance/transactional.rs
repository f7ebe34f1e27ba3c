//! The conformance suite of the port `transactional`.
