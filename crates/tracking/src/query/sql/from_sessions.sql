-- The part of a query that is answered by sessions; the places in comments are filled from fragments.sql.
SELECT /*columns*/
FROM sessions FINAL
WHERE site = {site:UInt32}
  AND started_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND started_at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
  /*where*/
/*group*/
