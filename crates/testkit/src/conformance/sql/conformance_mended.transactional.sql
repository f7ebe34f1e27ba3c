CREATE TABLE conformance_half (name TEXT PRIMARY KEY);
