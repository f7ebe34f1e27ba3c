-- Which migrations were applied.
CREATE TABLE IF NOT EXISTS ut_migrations
(
    number UInt32,
    name String,
    applied_at DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY number
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
