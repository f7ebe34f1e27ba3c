-- How many rows of sessions a range has, older versions with them. Told by the index, next to nothing is read.
SELECT count()
FROM sessions
WHERE site = {site:UInt32}
  AND started_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND started_at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
