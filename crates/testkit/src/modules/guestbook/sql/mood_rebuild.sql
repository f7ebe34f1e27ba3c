-- Makes this log's sums of one site and local day anew.
INSERT INTO guestbook_mood (site, day, mood, log, signatures)
SELECT site, toDate32({day:Int32}), mood, log, count()
FROM guestbook_signatures
WHERE site = {site:UInt32}
  AND log = {log:UInt16}
  AND ts >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND ts < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
GROUP BY site, mood, log
