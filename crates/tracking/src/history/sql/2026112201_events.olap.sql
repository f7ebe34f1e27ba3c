-- One row per stored event. `log, lsn` name its place in the log: a repair inserts only what is missing, and the index
-- spares it every part that was complete before its batch.
CREATE TABLE IF NOT EXISTS events
(
    site UInt32,
    log UInt16,
    lsn UInt64 CODEC(Delta, ZSTD(1)),
    id UUID,
    name LowCardinality(String),
    ts DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    identity LowCardinality(String),
    visitor UInt64,
    session UInt64,
    page_view UInt64,
    seq UInt32,
    hostname LowCardinality(String),
    path String CODEC(ZSTD(1)),
    url String CODEC(ZSTD(1)),
    referrer String CODEC(ZSTD(1)),
    title String CODEC(ZSTD(1)),
    tz LowCardinality(String),
    lang LowCardinality(String),
    viewport_width UInt16,
    viewport_height UInt16,
    consent UInt8,
    value Nullable(Decimal(18, 4)),
    currency LowCardinality(String),
    items Nested
    (
        item_id String,
        item_name String,
        item_brand String,
        item_category String,
        item_variant String,
        price Nullable(Decimal(18, 4)),
        quantity UInt32,
        props Map(String, String)
    ),
    props Map(LowCardinality(String), String),
    facts Map(LowCardinality(String), String),
    INDEX events_lsn lsn TYPE minmax GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(ts)
ORDER BY (site, toDate(ts), visitor, ts)
SAMPLE BY visitor
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
