-- The different sources of a range, most frequent first. Older versions of a session's row are counted with it: one
-- source too many does no harm. Sessions of a day before and after belong to events of the range.
SELECT
    cityHash64(source, medium, campaign, click_id, referrer_host) AS key,
    source,
    medium,
    campaign,
    click_id,
    referrer_host
FROM sessions
WHERE site = {site:UInt32}
  AND started_at >= fromUnixTimestamp64Milli({from:Int64} - 86400000, 'UTC')
  AND started_at <= fromUnixTimestamp64Milli({to:Int64} + 86400000, 'UTC')
GROUP BY source, medium, campaign, click_id, referrer_host
ORDER BY count() DESC, key
LIMIT {limit:UInt64}
