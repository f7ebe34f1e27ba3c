-- The sums of the events in query_events.sql.
INSERT INTO page_day (site, day, hostname, path, bot, staging, log, views, engaged_ms, events)
SELECT
    site, toDate32(toTimeZone(ts, {tz:String})), hostname, path, bot, staging, log, countIf(name = 'page_view'),
    sum(events.engaged_ms), count()
FROM events
WHERE site = {site:UInt32}
GROUP BY ALL
