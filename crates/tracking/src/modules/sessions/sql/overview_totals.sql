-- The headline numbers over the whole range: a visitor of two days counts once.
SELECT
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
    UNION ALL
    SELECT 0, 0, countIf(name = 'page_view'), count(), 0, 0, 0
    FROM events
    WHERE site = {site:UInt32}
      AND ts >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
      AND ts < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
)
