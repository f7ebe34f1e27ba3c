-- Where a chain begins since its oldest receipts were too old to be kept: number and hash of the last one that went, which the
-- first one there is follows. A chain without a row here begins with number 1.
CREATE TABLE IF NOT EXISTS consent_chain_starts (
    site BIGINT PRIMARY KEY,
    number BIGINT NOT NULL,
    hash BYTEA NOT NULL
);
