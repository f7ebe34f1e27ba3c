//! Stories of the rights of people.
