-- One JSON object, read and written as a whole and never searched.
ALTER TABLE sites ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';
-- The secrets before rotations, sealed, and until when each is valid (Unix milliseconds).
CREATE TABLE old_secrets (
    site BIGINT NOT NULL REFERENCES sites (id),
    secret BYTEA NOT NULL,
    valid_until BIGINT NOT NULL,
    PRIMARY KEY (site, secret)
);
-- A former time zone, while sums by day are still those of its days; else NULL.
ALTER TABLE sites ADD COLUMN summed_in TEXT;
