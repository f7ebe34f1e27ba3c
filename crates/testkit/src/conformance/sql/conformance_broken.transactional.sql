CREATE TABLE conformance_half (name TEXT PRIMARY KEY);
INSERT INTO conformance_missing (name) VALUES ('a');
