-- Whether sessions of a range are known by cookie, and whether any is not. Older versions of a row do no harm.
SELECT
    countIf(identity = 'cookieless') > 0 AS cookieless,
    countIf(identity != 'cookieless') > 0 AS cookie
FROM sessions
WHERE site = {site:UInt32}
  AND started_at >= fromUnixTimestamp64Milli({from:Int64} - 86400000, 'UTC')
  AND started_at <= fromUnixTimestamp64Milli({to:Int64} + 86400000, 'UTC')
