-- Everything that decides about a session's channel in one text, its parts between characters 31: which channel it means
-- is looked up per different text, not per session.
ALTER TABLE sessions
    ADD COLUMN IF NOT EXISTS origin LowCardinality(String)
    MATERIALIZED concat(source, char(31), medium, char(31), campaign, char(31), click_id, char(31), referrer_host)
    CODEC(ZSTD(1));
ALTER TABLE sessions MATERIALIZE COLUMN origin SETTINGS mutations_sync = 2;
