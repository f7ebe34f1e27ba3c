-- Which erasures this history has carried out. One that was put back from an older copy does not know the later ones.
CREATE TABLE IF NOT EXISTS history_erasures
(
    erasure UInt64,
    at DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY erasure
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
