-- Shop systems that tell of a site's orders by signed webhooks.
CREATE TABLE integrations (
    site BIGINT NOT NULL REFERENCES sites (id),
    provider TEXT NOT NULL,
    -- The shop's host as the system knows it; empty when any will do.
    domain TEXT NOT NULL,
    -- Sealed with a key derived from HMAC_SECRET: nonce, cipher text, tag.
    secret BYTEA NOT NULL,
    -- The one before the last rotation, likewise, and until when it is valid too; empty and 0 when there is none.
    old_secret BYTEA NOT NULL,
    old_until BIGINT NOT NULL,
    -- Unix milliseconds, like the instants above and below.
    created_at BIGINT NOT NULL,
    -- Deliveries about orders, and the newest of them; 0 before the first.
    deliveries BIGINT NOT NULL,
    last_delivery BIGINT NOT NULL,
    PRIMARY KEY (site, provider)
);
