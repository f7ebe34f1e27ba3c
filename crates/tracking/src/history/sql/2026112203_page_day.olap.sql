-- Views per site, local day, host and page: sums only, no visitor in it. The key ends in `log`, so that a collector
-- repairs its own rows and never another's.
CREATE TABLE IF NOT EXISTS page_day
(
    site UInt32,
    day Date32,
    hostname LowCardinality(String),
    path String CODEC(ZSTD(1)),
    log UInt16,
    views UInt64
)
ENGINE = SummingMergeTree(views)
PARTITION BY toYYYYMM(day)
ORDER BY (site, day, hostname, path, log)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
