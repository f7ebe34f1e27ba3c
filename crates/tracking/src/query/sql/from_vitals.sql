-- The part of a query that is answered by web vitals: each instance of a metric counts once, with its greatest value, at the
-- time and on the page of the report that told it, of equal ones the first. A page view lasts at most as long as a session,
-- a day: reports of the days before and after say what of the range is the greatest. The places in comments are filled from
-- fragments.sql.
SELECT /*columns*/
FROM
(
    SELECT ts, metric, value, hostname, path, country, device_type, browser, os, bot, staging
    FROM performance_vitals
    WHERE site = {site:UInt32}
      AND ts >= fromUnixTimestamp64Milli({from:Int64} - 86400000, 'UTC')
      AND ts < fromUnixTimestamp64Milli({to:Int64} + 86400000, 'UTC')
      AND metric IN {vitals:Array(String)}
    ORDER BY metric, metric_id, bits DESC, ts, path, country, device_type, browser, os
    LIMIT 1 BY metric, metric_id
) AS vitals
WHERE ts >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND ts < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
  /*where*/
/*group*/
