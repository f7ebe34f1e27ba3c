-- The part of a query that is answered by web vitals: each instance of a metric counts once, with its greatest value, at the
-- time and on the page of the report that told it, of equal ones the first. A page view lasts at most as long as a session,
-- a day: reports of the days before and after say what of the range is the greatest. Most instances have one report: those
-- with several are found by their ids, and only they are sorted: sorting all of 2 million took six times as long. The places
-- in comments are filled from fragments.sql.
SELECT /*columns*/
FROM
(
    WITH
        reports AS
        (
            SELECT
                ts, metric, metric_id, bits, value, hostname, path, country, device_type, browser, os, bot, staging,
                attribution
            FROM performance_vitals
            WHERE site = {site:UInt32}
              AND ts >= fromUnixTimestamp64Milli({from:Int64} - 86400000, 'UTC')
              AND ts < fromUnixTimestamp64Milli({to:Int64} + 86400000, 'UTC')
              AND metric IN {vitals:Array(String)}
        ),
        several AS (SELECT metric_id FROM reports GROUP BY metric_id HAVING count() > 1)
    SELECT ts, metric, value, hostname, path, country, device_type, browser, os, bot, staging, attribution
    FROM reports
    WHERE metric_id NOT IN (several)
    UNION ALL
    SELECT ts, metric, value, hostname, path, country, device_type, browser, os, bot, staging, attribution
    FROM
    (
        SELECT *
        FROM reports
        WHERE metric_id IN (several)
        ORDER BY metric, metric_id, bits DESC, ts
        LIMIT 1 BY metric, metric_id
    )
) AS vitals
WHERE ts >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND ts < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
  /*where*/
/*group*/
