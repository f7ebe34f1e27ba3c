-- What the meta of an answer says about a range: the share of cookieless visitors.
SELECT if(count() = 0, NULL, uniqExactIf(visitor, identity = 'cookieless') / uniqExact(visitor)) AS cookieless_share
FROM sessions FINAL
WHERE site = {site:UInt32}
  AND started_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND started_at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
