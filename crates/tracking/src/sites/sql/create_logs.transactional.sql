-- A log's identity (32 hex digits), the number that stands for it in rows of the history, and how far history was given
-- its events: it may hold those before `history_end`, and none from there on.
CREATE TABLE logs (
    log_id TEXT PRIMARY KEY,
    number BIGINT NOT NULL UNIQUE,
    history_end BIGINT NOT NULL DEFAULT 1
);
