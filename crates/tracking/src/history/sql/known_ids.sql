-- Which of some ids a site has events of around a time: a few more may come, which share the half that is compared.
SELECT DISTINCT toString(id) AS id
FROM events
WHERE site = {site:UInt32}
  AND events.ts >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND events.ts <= fromUnixTimestamp64Milli({to:Int64}, 'UTC')
  AND id_low IN (SELECT arrayJoin({id_lows:Array(UInt64)}))
