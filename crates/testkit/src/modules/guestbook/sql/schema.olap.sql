CREATE TABLE IF NOT EXISTS guestbook_signatures
(
    site UInt32,
    log UInt16,
    lsn UInt64,
    ts DateTime64(3, 'UTC'),
    mood LowCardinality(String)
)
ENGINE = MergeTree
ORDER BY (site, ts)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
CREATE TABLE IF NOT EXISTS guestbook_mood
(
    site UInt32,
    day Date32,
    mood LowCardinality(String),
    log UInt16,
    signatures UInt64
)
ENGINE = SummingMergeTree(signatures)
ORDER BY (site, day, mood, log)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
