-- A log's identity (32 hex digits) and the number that stands for it in rows of the history.
CREATE TABLE logs (
    log_id TEXT PRIMARY KEY,
    number BIGINT NOT NULL UNIQUE
);
