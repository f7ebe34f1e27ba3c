-- The pages that people looked at, most viewed first.
SELECT path, sum(views) AS views
FROM page_day
WHERE site = {site:UInt32}
  AND day >= toDate32({from_day:Int32})
  AND day <= toDate32({to_day:Int32})
  AND bot = ''
  AND staging = 0
GROUP BY path
HAVING views > 0
ORDER BY views DESC, path
LIMIT {limit:UInt64}
