-- The sums of pages of all slices.
INSERT INTO page_day (site, day, hostname, path, bot, staging, log, views, engaged_ms, events)
SELECT
    site,
    toDate32(toTimeZone(ts, 'Europe/Berlin')) AS day,
    hostname,
    path,
    bot,
    staging,
    log,
    countIf(name = 'page_view'),
    sum(events.engaged_ms),
    count()
FROM events
GROUP BY site, day, hostname, path, bot, staging, log;
