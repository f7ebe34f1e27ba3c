-- Whether sessions of a range are known by cookie, whether any is not, and whether any became so while it lasted. Older
-- versions of a row do no harm.
SELECT
    countIf(identity = 'cookieless') > 0 AS cookieless,
    countIf(identity != 'cookieless') > 0 AS cookie,
    countIf(upgraded = 1) > 0 AS upgraded
FROM sessions
WHERE site = {site:UInt32}
  AND started_at >= fromUnixTimestamp64Milli({from:Int64} - 86400000, 'UTC')
  AND started_at <= fromUnixTimestamp64Milli({to:Int64} + 86400000, 'UTC')
