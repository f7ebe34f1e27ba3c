-- The frame of a query on sessions: the places in comments are filled from fragments.sql.
SELECT /*columns*/
FROM sessions FINAL
WHERE site = {site:UInt32}
  AND started_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND started_at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
/*group*/
/*order*/
LIMIT {limit:UInt64} OFFSET {offset:UInt64}
