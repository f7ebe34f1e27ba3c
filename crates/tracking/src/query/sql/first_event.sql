-- The oldest event of a site in Unix milliseconds, 0 when it has none.
SELECT toUnixTimestamp64Milli(min(ts)) AS first, count() AS n
FROM events
WHERE site = {site:UInt32}
