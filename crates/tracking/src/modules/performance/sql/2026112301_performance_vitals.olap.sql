-- What browsers measured of pages: a row per report. Of those with the same metric and metric_id the greatest value counts,
-- which a question finds out itself: merging rows only gives back space, and a row that is written twice changes nothing.
-- Bits of numbers that are not negative are in the order of the numbers, which makes the greatest value the newest version.
CREATE TABLE IF NOT EXISTS performance_vitals
(
    site UInt32 CODEC(ZSTD(1)),
    ts DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    metric LowCardinality(String) CODEC(ZSTD(1)),
    metric_id UInt64 CODEC(ZSTD(1)),
    bits UInt64 CODEC(ZSTD(1)),
    hostname LowCardinality(String) CODEC(ZSTD(1)),
    path LowCardinality(String) CODEC(ZSTD(1)),
    country LowCardinality(String) CODEC(ZSTD(1)),
    device_type LowCardinality(String) CODEC(ZSTD(1)),
    browser LowCardinality(String) CODEC(ZSTD(1)),
    os LowCardinality(String) CODEC(ZSTD(1)),
    navigation_type LowCardinality(String) CODEC(ZSTD(1)),
    bot LowCardinality(String) CODEC(ZSTD(1)),
    staging UInt8 CODEC(ZSTD(1)),
    visitor UInt64 CODEC(ZSTD(1)),
    session UInt64 CODEC(ZSTD(1)),
    page_view UInt64 CODEC(ZSTD(1)),
    attribution Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    value Float64 ALIAS reinterpretAsFloat64(bits)
)
ENGINE = ReplacingMergeTree(bits)
PARTITION BY toYYYYMM(ts)
ORDER BY (site, toDate(ts), metric, metric_id, ts)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
