//! transactional
