-- Makes this log's sums of one site and local day anew from the events.
INSERT INTO page_day (site, day, hostname, path, log, views)
SELECT site, toDate32({day:Int32}), hostname, path, log, count()
FROM events
WHERE site = {site:UInt32}
  AND log = {log:UInt16}
  AND ts >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND ts < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
  AND name = 'page_view'
GROUP BY site, hostname, path, log
