-- How many there are, and how many count.
SELECT count() AS orders_listed, toUInt64(sum(counted)) AS counted
FROM ecommerce_orders FINAL
WHERE site = {site:UInt32}
  AND gone = 0
  AND placed_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND placed_at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
