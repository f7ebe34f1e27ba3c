-- The different origins of a range's sessions, most frequent first. Older versions of a session's row are counted with
-- it, and all of the granules in which the range begins and ends: one too many does no harm, and no time is read. Sessions
-- of a day before and after belong to events of the range.
SELECT origin
FROM sessions
WHERE site = {site:UInt32}
  AND indexHint(
      started_at >= fromUnixTimestamp64Milli({from:Int64} - 86400000, 'UTC')
      AND started_at <= fromUnixTimestamp64Milli({to:Int64} + 86400000, 'UTC'))
GROUP BY origin
ORDER BY count() DESC, origin
LIMIT {limit:UInt64}
