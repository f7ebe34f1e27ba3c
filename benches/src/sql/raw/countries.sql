-- Visitors by country, from the events alone.
SELECT country, uniqExact(visitor) AS visitors
FROM events
WHERE site = {site:UInt32}
  AND ts >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND ts < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
  AND bot = ''
  AND staging = 0
GROUP BY country
ORDER BY visitors DESC
LIMIT 10
