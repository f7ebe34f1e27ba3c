-- Where visitors come from, from the events alone: a session has the source of its first touch.
SELECT origin, uniqExact(visitor) AS visitors
FROM
(
    SELECT any(visitor) AS visitor, argMinIf(source, ts, touch = 1) AS origin
    FROM events
    WHERE site = {site:UInt32}
      AND ts >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
      AND ts < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
      AND bot = ''
      AND staging = 0
    GROUP BY session
)
GROUP BY origin
ORDER BY visitors DESC
LIMIT 10
