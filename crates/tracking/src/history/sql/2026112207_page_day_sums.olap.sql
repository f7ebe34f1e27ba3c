-- Sums of people apart from those of bots and of staging, of the time a page was read, and of events of any name, also those
-- on no page: counting them in `events` was half of what the first screen cost. The list of summed columns belongs to the
-- engine of a table and cannot be altered: a new table takes what the old one holds, and its place (see events_compact).
-- Sums of days gone by are made anew afterwards (sum_events_anew).
ALTER TABLE page_day
    ADD COLUMN IF NOT EXISTS bot LowCardinality(String),
    ADD COLUMN IF NOT EXISTS staging UInt8,
    ADD COLUMN IF NOT EXISTS engaged_ms UInt64,
    ADD COLUMN IF NOT EXISTS events UInt64;
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
    engaged_ms UInt64,
    events UInt64
)
ENGINE = SummingMergeTree((views, engaged_ms, events))
PARTITION BY toYYYYMM(day)
ORDER BY (site, day, hostname, path, bot, staging, log)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
INSERT INTO history_page_day (site, day, hostname, path, bot, staging, log, views, engaged_ms, events)
SELECT site, day, hostname, path, bot, staging, log, views, engaged_ms, events
FROM page_day;
EXCHANGE TABLES page_day AND history_page_day;
DROP TABLE IF EXISTS history_page_day SYNC;
