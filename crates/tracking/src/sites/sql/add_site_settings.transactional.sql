-- One JSON object, read and written as a whole and never searched.
ALTER TABLE sites ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';
-- The secret before the last rotation, sealed, and until when it is valid (Unix milliseconds).
ALTER TABLE sites ADD COLUMN old_secret BYTEA;
ALTER TABLE sites ADD COLUMN old_secret_until BIGINT;
-- A former time zone, while sums by day are still those of its days; else NULL.
ALTER TABLE sites ADD COLUMN summed_in TEXT;
