-- The part of a query that is answered by orders, by the time they were placed; the places in comments are filled from
-- fragments.sql.
SELECT /*columns*/
FROM ecommerce_orders FINAL
WHERE site = {site:UInt32}
  AND gone = 0
  AND counted = 1
  AND placed_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND placed_at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
  /*where*/
/*group*/
