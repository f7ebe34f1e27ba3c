-- Orders, also those that do not count (`counted` = 0), the newest first. Amounts are in each order's own currency.
SELECT
    number AS `order`,
    formatDateTime(placed_at, '%Y-%m-%dT%H:%i:%S.%fZ', 'UTC') AS placed_at_text,
    status,
    sales_channel,
    multiIf(known = 0, '(unknown)', source = '', '(direct)', source) AS source_text,
    campaign,
    country,
    currency,
    arrayStringConcat(flags, ' ') AS flags_text,
    counted,
    total,
    refunded,
    total - refunded AS net,
    tax,
    shipping,
    discount,
    toUInt64(arraySum(items.quantity)) AS units,
    claims
FROM ecommerce_orders FINAL
WHERE site = {site:UInt32}
  AND gone = 0
  AND placed_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND placed_at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
ORDER BY placed_at DESC, order_id
LIMIT {limit:UInt64} OFFSET {offset:UInt64}
SETTINGS output_format_json_quote_decimals = 1
