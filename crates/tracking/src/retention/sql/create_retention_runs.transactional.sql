-- What was deleted for its age: the last run per site and class of data.
CREATE TABLE IF NOT EXISTS retention_runs (
    site BIGINT NOT NULL,
    -- events, sums, personal, receipts.
    class TEXT NOT NULL,
    -- All before this instant (Unix milliseconds) is gone or going, whatever the limit is by now; noted before anything goes.
    gone_before BIGINT NOT NULL,
    -- When it ended, Unix milliseconds; NULL while none has.
    ran_at BIGINT,
    -- How many rows it took away.
    removed BIGINT NOT NULL,
    -- Why it did not come to its end.
    error TEXT,
    PRIMARY KEY (site, class)
);
