-- Where visits begin, from the events alone.
SELECT entry, count() AS sessions
FROM
(
    SELECT argMinIf(path, ts, name = 'page_view') AS entry
    FROM events
    WHERE site = {site:UInt32}
      AND ts >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
      AND ts < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
      AND bot = ''
      AND staging = 0
    GROUP BY session
)
GROUP BY entry
ORDER BY sessions DESC
LIMIT 10
