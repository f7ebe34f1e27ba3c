-- Visitors day by day, from the events alone.
SELECT toDate(ts, 'Europe/Berlin') AS day, uniqExact(visitor)
FROM events
WHERE site = {site:UInt32}
  AND ts >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND ts < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
  AND bot = ''
  AND staging = 0
GROUP BY day
ORDER BY day
