-- One data key per subject. Deleting a row makes everything sealed for that subject unreadable for ever.
CREATE TABLE vault_keys (
    -- Random; stands in front of everything sealed with this key.
    handle BYTEA PRIMARY KEY,
    site BIGINT NOT NULL,
    subject BYTEA NOT NULL,
    -- The id in ENCRYPTION_KEYS of the key that wraps this one.
    kek TEXT NOT NULL,
    -- Nonce, cipher text, tag.
    wrapped BYTEA NOT NULL,
    -- Unix milliseconds.
    made_at BIGINT NOT NULL,
    UNIQUE (site, subject)
);
