-- The sessions of the events that match, each once per line.
SELECT DISTINCT /*keys*/ session AS of_visit
FROM events
/*join*/
WHERE site = {site:UInt32}
  AND ts >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND ts < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
  AND session != 0
  /*where*/
