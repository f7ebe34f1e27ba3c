-- A row is never deleted: its number stands in the history, and the next number is the highest one plus 1.
CREATE TABLE sites (
    id BIGINT PRIMARY KEY,
    site_key TEXT NOT NULL UNIQUE,
    currency TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    session_timeout_min BIGINT NOT NULL,
    -- Sealed with a key derived from HMAC_SECRET: nonce, cipher text, tag.
    secret BYTEA NOT NULL,
    -- Unix milliseconds.
    created_at BIGINT NOT NULL
);
CREATE TABLE site_domains (
    domain TEXT PRIMARY KEY,
    site BIGINT NOT NULL REFERENCES sites (id),
    -- 0 is the site's name.
    position BIGINT NOT NULL
);
