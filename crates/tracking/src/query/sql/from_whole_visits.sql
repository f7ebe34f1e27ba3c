-- The part of a query that counts the sessions of the events that match, whole; the places in comments are filled from
-- fragments.sql. A session is at most a day long, so none of the range's events has one that began more than a day away.
SELECT /*columns*/
FROM sessions FINAL
WHERE site = {site:UInt32}
  AND started_at >= fromUnixTimestamp64Milli({from:Int64} - 86400000, 'UTC')
  AND started_at <= fromUnixTimestamp64Milli({to:Int64} + 86400000, 'UTC')
  AND session IN
  (
      SELECT session
      FROM events
      WHERE site = {site:UInt32}
        AND ts >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
        AND ts < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
        AND session != 0
        /*where*/
  )
