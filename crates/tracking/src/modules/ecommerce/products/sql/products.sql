-- What became of what is sold. An event counts once for each value its items have, and once in the total; an order
-- likewise. What an order gave back is of its items as much as they are of its total, to the smallest coin: parts are
-- rounded down, and what is left goes to those that lost most by it, of equal ones the first. Amounts, in 1/10,000, are
-- those of orders in the site's currency. Places in comments: report.rs, and query/inquiry.rs.
WITH
    looks AS
    (
        SELECT
            name,
            ts,
            arrayDistinct(items./*field*/) AS keys,
            items./*field*/ AS fields,
            items.item_name AS names
        FROM events
        WHERE site = {site:UInt32}
          AND ts >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
          AND ts < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
          AND name IN ('view_item', 'add_to_cart')
          /*events*/
    ),
    orders AS
    (
        SELECT
            order_id,
            placed_at,
            sales_channel = 'web' AS by_web,
            currency != {currency:String} AS foreign,
            items./*field*/ AS fields,
            items.item_name AS names,
            items.quantity AS quantities,
            arrayMap(
                amount -> if(foreign, toInt128(0), toInt128(ifNull(amount, 0) * 10000)), items.revenue) AS revenues,
            arraySum(revenues) AS whole,
            if(foreign OR total = 0, toInt128(0), toInt128(refunded * 10000)) AS back,
            if(foreign OR total = 0, toInt128(0), toInt128(total * 10000)) AS paid,
            -- Money for tax and shipping is given back in the same measure.
            if(paid = 0, toInt128(0), intDiv(intDiv(back * whole, paid) + intDiv({coin:Int64}, 2), {coin:Int64})) AS coins,
            arrayMap(revenue -> if(whole = 0, toInt128(0), intDiv(coins * revenue, whole)), revenues) AS parts,
            arrayMap(revenue -> if(whole = 0, toInt128(0), modulo(coins * revenue, whole)), revenues) AS lost,
            arraySort(n -> (-lost[n], n), arrayEnumerate(revenues)) AS turns,
            arrayMap(
                (part, n) -> (part + if(indexOf(turns, n) <= coins - arraySum(parts), 1, 0)) * {coin:Int64},
                parts, arrayEnumerate(parts)) AS returned
        FROM ecommerce_orders FINAL
        WHERE site = {site:UInt32}
          AND gone = 0
          AND counted = 1
          AND placed_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
          AND placed_at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
    ),
    sold AS
    (
        SELECT
            key,
            argMax(label, n) AS label,
            any(placed_at) AS at,
            min(n) = 1 AS is_first,
            any(by_web) AS by_web,
            any(foreign) AS foreign,
            sum(quantity) AS units,
            sum(revenue) AS gross,
            sum(refund) AS refunds
        FROM orders
        ARRAY JOIN
            fields AS key,
            names AS label,
            quantities AS quantity,
            revenues AS revenue,
            returned AS refund,
            arrayEnumerate(fields) AS n
        GROUP BY order_id, key
    ),
    told AS
    (
        SELECT
            key,
            names[indexOf(fields, key)] AS label,
            ts AS at,
            n = 1 AS is_first,
            name = 'view_item' AS looked,
            name = 'add_to_cart' AS taken,
            0 AS ordered,
            0 AS by_web,
            0 AS foreign,
            toUInt64(0) AS units,
            toInt128(0) AS gross,
            toInt128(0) AS refunds
        FROM looks
        ARRAY JOIN keys AS key, arrayEnumerate(keys) AS n
        UNION ALL
        SELECT key, label, at, is_first, 0, 0, 1, by_web, foreign, units, gross, refunds
        FROM sold
    )
SELECT
    grouping(key) AS total,
    toString(key) AS value,
    toString(argMaxIf(label, at, label != '')) AS latest,
    if(total = 0, countIf(looked), countIf(looked AND is_first)) AS item_views,
    if(total = 0, countIf(taken), countIf(taken AND is_first)) AS add_to_carts,
    if(total = 0, countIf(ordered), countIf(ordered AND is_first)) AS orders,
    if(total = 0, countIf(ordered AND by_web), countIf(ordered AND by_web AND is_first)) AS web_orders,
    sum(told.units) AS units,
    toString(sum(told.gross)) AS gross,
    toString(sum(told.refunds)) AS refunds,
    countIf(told.foreign AND is_first) AS foreign_orders
FROM told
GROUP BY GROUPING SETS ((key), ())
ORDER BY total DESC, sum(told.gross) DESC, item_views DESC, value
LIMIT {limit:UInt64}
SETTINGS do_not_merge_across_partitions_select_final = 1
