-- Makes this log's sums of one site and local day anew from the events. Time is read where it was measured: the row of
-- an `engagement` has the page it was spent on.
INSERT INTO page_day (site, day, hostname, path, bot, staging, log, views, engaged_ms, events)
SELECT
    site,
    toDate32({day:Int32}),
    hostname,
    path,
    bot,
    staging,
    log,
    countIf(name = 'page_view'),
    sum(events.engaged_ms),
    count()
FROM events
WHERE site = {site:UInt32}
  AND log = {log:UInt16}
  AND ts >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND ts < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
GROUP BY site, hostname, path, bot, staging, log
