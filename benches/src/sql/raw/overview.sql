-- The head of the first screen, from the events alone.
SELECT
    uniqExactIf(visitor, visitor != 0),
    count(),
    sum(views),
    countIf(views < 2 AND time < 10000 AND goods = 0) / count(),
    avg(length)
FROM
(
    SELECT
        any(visitor) AS visitor,
        countIf(name = 'page_view') AS views,
        sum(engaged_ms) AS time,
        countIf(name IN ('add_to_cart', 'begin_checkout', 'purchase')) AS goods,
        dateDiff('second', min(ts), max(ts)) AS length
    FROM events
    WHERE site = {site:UInt32}
      AND ts >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
      AND ts < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
      AND bot = ''
      AND staging = 0
    GROUP BY session
)
