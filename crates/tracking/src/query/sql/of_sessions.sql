-- Events whose session matches. A session is at most a day long.
session IN
(
    SELECT session
    FROM sessions FINAL
    WHERE site = {site:UInt32}
      AND started_at >= fromUnixTimestamp64Milli({from:Int64} - 86400000, 'UTC')
      AND started_at <= fromUnixTimestamp64Milli({to:Int64} + 86400000, 'UTC')
      AND (/*where*/)
)
