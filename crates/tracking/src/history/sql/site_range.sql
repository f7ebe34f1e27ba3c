-- The first and the last time of a log's events of a site, Unix milliseconds; no line when it has none.
SELECT toUnixTimestamp64Milli(min(ts)) AS first, toUnixTimestamp64Milli(max(ts)) AS last
FROM events
WHERE site = {site:UInt32} AND log = {log:UInt16}
HAVING count() > 0
