-- The part of a query that is answered by events; the places in comments are filled from fragments.sql.
SELECT /*columns*/
FROM events
/*join*/
WHERE site = {site:UInt32}
  AND ts >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND ts < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
  /*where*/
/*group*/
