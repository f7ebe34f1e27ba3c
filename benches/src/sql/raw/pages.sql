-- The most viewed pages, from the events alone.
SELECT path, countIf(name = 'page_view') AS views
FROM events
WHERE site = {site:UInt32}
  AND ts >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND ts < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
  AND bot = ''
  AND staging = 0
GROUP BY path
ORDER BY views DESC
LIMIT 10
