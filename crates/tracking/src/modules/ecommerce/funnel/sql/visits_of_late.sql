-- Visits that took a step in the last minutes, whenever they began.
session IN
(
    SELECT session
    FROM events
    WHERE site = {site:UInt32}
      AND ts >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
      AND ts < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
      AND name IN {names:Array(String)}
)
AND started_at >= fromUnixTimestamp64Milli({from:Int64} - 86400000, 'UTC')
AND started_at < fromUnixTimestamp64Milli({to:Int64} + 86400000, 'UTC')
