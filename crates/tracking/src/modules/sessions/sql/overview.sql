-- The headline numbers over time. Visitors and sessions belong to the bucket in which the session started, page views
-- and events to their own time. `{unit}` is hour, day, week or month of the site's time zone.
SELECT
    bucket AS time,
    sum(part_visitors) AS visitors,
    sum(part_sessions) AS sessions,
    sum(part_page_views) AS page_views,
    sum(part_events) AS events,
    if(sessions = 0, 0, sum(part_session_views) / sessions) AS views_per_session,
    if(sessions = 0, 0, sum(part_bounced) / sessions) AS bounce_rate,
    if(sessions = 0, 0, sum(part_duration_ms) / 1000 / sessions) AS session_duration_s
FROM
(
    SELECT
        formatDateTime(
            dateTrunc({unit:String}, toTimeZone(started_at, {tz:String})),
            if({unit:String} = 'hour', '%Y-%m-%dT%H:%i', '%Y-%m-%d')) AS bucket,
        uniqExact(visitor) AS part_visitors,
        count() AS part_sessions,
        0 AS part_page_views,
        0 AS part_events,
        sum(page_views) AS part_session_views,
        countIf(engaged = 0) AS part_bounced,
        sum(dateDiff('millisecond', first_event_at, last_event_at)) AS part_duration_ms
    FROM sessions FINAL
    WHERE site = {site:UInt32}
      AND started_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
      AND started_at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
    GROUP BY bucket
    UNION ALL
    SELECT
        formatDateTime(
            dateTrunc({unit:String}, toTimeZone(ts, {tz:String})),
            if({unit:String} = 'hour', '%Y-%m-%dT%H:%i', '%Y-%m-%d')) AS bucket,
        0, 0, countIf(name = 'page_view'), count(), 0, 0, 0
    FROM events
    WHERE site = {site:UInt32}
      AND ts >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
      AND ts < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
    GROUP BY bucket
)
GROUP BY bucket
ORDER BY bucket ASC
LIMIT {limit:UInt64} OFFSET {offset:UInt64}
