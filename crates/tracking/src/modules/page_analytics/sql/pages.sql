-- Visitors and views per page.
SELECT
    path AS page,
    uniqExactIf(visitor, visitor != 0) AS visitors,
    count() AS page_views
FROM events
WHERE site = {site:UInt32}
  AND ts >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND ts < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
  AND name = 'page_view'
GROUP BY page
ORDER BY page_views DESC, visitors DESC, page ASC
LIMIT {limit:UInt64} OFFSET {offset:UInt64}
