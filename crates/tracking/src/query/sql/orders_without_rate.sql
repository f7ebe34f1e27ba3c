-- How many orders of a range are in a currency that there is no rate for.
SELECT count()
FROM ecommerce_orders FINAL
WHERE site = {site:UInt32}
  AND gone = 0
  AND counted = 1
  AND has_base = 0
  AND placed_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND placed_at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
