-- The part of a query that asks of sessions what only their events say: the sessions of the events that match, each
-- once per line (visits_of_lines.sql, visits_of_series.sql); the places in comments are filled from fragments.sql. A session is at most a day long, so none of the
-- range's events has one that began more than a day away.
SELECT /*columns*/
FROM
(
    /*visits*/
) AS visits
INNER JOIN
(
    SELECT session, visitor, who, page_views, engaged, length_ms
    FROM sessions FINAL
    WHERE site = {site:UInt32}
      AND started_at >= fromUnixTimestamp64Milli({from:Int64} - 86400000, 'UTC')
      AND started_at <= fromUnixTimestamp64Milli({to:Int64} + 86400000, 'UTC')
) AS whole ON visits.of_visit = whole.session
/*group*/
