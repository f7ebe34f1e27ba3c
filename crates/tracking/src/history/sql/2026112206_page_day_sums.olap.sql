-- Sums of people apart from those of bots and of staging, and of the time a page was read. The list of summed columns
-- belongs to the engine of a table and cannot be altered: a new table takes what the old one holds, and its place.
-- Begun again half-way, all of it may be done again: nothing else writes while migrations run.
DROP TABLE IF EXISTS history_page_day SYNC;
CREATE TABLE history_page_day
(
    site UInt32,
    day Date32,
    hostname LowCardinality(String),
    path String CODEC(ZSTD(1)),
    bot LowCardinality(String),
    staging UInt8,
    log UInt16,
    views UInt64,
    engaged_ms UInt64
)
ENGINE = SummingMergeTree((views, engaged_ms))
PARTITION BY toYYYYMM(day)
ORDER BY (site, day, hostname, path, bot, staging, log)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
INSERT INTO history_page_day (site, day, hostname, path, log, views)
SELECT site, day, hostname, path, log, views
FROM page_day;
EXCHANGE TABLES page_day AND history_page_day;
DROP TABLE IF EXISTS history_page_day SYNC;
