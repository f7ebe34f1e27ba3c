-- Visitors by kind of device, from the events alone.
SELECT device_type, uniqExact(visitor) AS visitors
FROM events
WHERE site = {site:UInt32}
  AND ts >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND ts < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
  AND bot = ''
  AND staging = 0
GROUP BY device_type
ORDER BY visitors DESC
LIMIT 10
