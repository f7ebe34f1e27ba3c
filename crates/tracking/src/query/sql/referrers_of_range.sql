-- The hosts that referred sessions of a range.
SELECT DISTINCT referrer_host
FROM sessions
WHERE site = {site:UInt32}
  AND started_at >= fromUnixTimestamp64Milli({from:Int64} - 86400000, 'UTC')
  AND started_at <= fromUnixTimestamp64Milli({to:Int64} + 86400000, 'UTC')
  AND medium = 'referral'
