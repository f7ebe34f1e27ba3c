-- Two statements, and a semicolon in a text.
CREATE TABLE conformance (
    name TEXT PRIMARY KEY,
    number BIGINT NOT NULL,
    content BYTEA NOT NULL
);
CREATE TABLE conformance_references (
    name TEXT NOT NULL REFERENCES conformance (name),
    note TEXT NOT NULL DEFAULT 'a; b'
);
