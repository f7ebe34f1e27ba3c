-- Append-only. Each receipt's hash covers the one before it, so that nothing can be changed or taken out unnoticed.
CREATE TABLE consent_receipts (
    site BIGINT NOT NULL,
    -- From 1, without gaps.
    number BIGINT NOT NULL,
    -- A UUID of version 7: when it was written.
    id BYTEA NOT NULL UNIQUE,
    -- Since when the choice holds, Unix milliseconds.
    at BIGINT NOT NULL,
    -- One letter per axis that was said, as in the cookie _ut_c.
    axes TEXT NOT NULL,
    source TEXT NOT NULL,
    policy_version TEXT,
    region TEXT,
    -- What points to a person, sealed with that person's key; NULL for visitors nobody can recognise.
    sealed BYTEA,
    prev_hash BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (site, number)
);
-- How far each site's chain reaches: without it, nobody would miss the last receipts.
CREATE TABLE consent_chains (
    site BIGINT PRIMARY KEY,
    number BIGINT NOT NULL,
    hash BYTEA NOT NULL
);
