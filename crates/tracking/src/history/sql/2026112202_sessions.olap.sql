-- One row per session, the complete state; the highest version is the truth, read with FINAL.
CREATE TABLE IF NOT EXISTS sessions
(
    site UInt32,
    session UInt64,
    visitor UInt64,
    identity LowCardinality(String),
    started_at DateTime64(3, 'UTC'),
    first_event_at DateTime64(3, 'UTC'),
    last_event_at DateTime64(3, 'UTC'),
    entry_hostname LowCardinality(String),
    entry_page String CODEC(ZSTD(1)),
    exit_hostname LowCardinality(String),
    exit_page String CODEC(ZSTD(1)),
    page_views UInt32,
    events UInt32,
    engaged UInt8,
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(started_at)
ORDER BY (site, toDate(started_at), session)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
