-- The frame of a query on events: the places in comments are filled from fragments.sql.
SELECT /*columns*/
FROM events
WHERE site = {site:UInt32}
  AND ts >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND ts < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
/*group*/
/*order*/
LIMIT {limit:UInt64} OFFSET {offset:UInt64}
