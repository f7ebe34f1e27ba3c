-- The sessions of the events that match, each once per stretch of time and once for the total, which has no time.
SELECT session AS of_visit, arrayJoin(arrayPushBack(groupUniqArray(/*key*/), toInt64(0))) AS d0
FROM events
/*join*/
WHERE site = {site:UInt32}
  AND ts >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND ts < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
  AND session != 0
  /*where*/
GROUP BY session
