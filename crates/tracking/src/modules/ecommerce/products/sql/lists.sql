-- What was seen of lists or promotions, what was chosen from them and put into carts. An item says which it was in, or its
-- event says so of all. Places in comments: report.rs, and query/inquiry.rs.
WITH told AS
(
    SELECT
        name,
        arrayDistinct(arrayFilter(
            key -> key != '',
            arrayPushBack(
                arrayMap(item -> if(item[{property:String}] != '', item[{property:String}], props[{property:String}]), items.props),
                if(empty(items.props), props[{property:String}], '')))) AS keys
    FROM events
    WHERE site = {site:UInt32}
      AND ts >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
      AND ts < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
      AND name IN ({seen:String}, {chosen:String}, 'add_to_cart')
      /*events*/
)
SELECT
    grouping(key) AS total,
    key AS value,
    if(total = 0, countIf(name = {seen:String}), countIf(name = {seen:String} AND n = 1)) AS views,
    if(total = 0, countIf(name = {chosen:String}), countIf(name = {chosen:String} AND n = 1)) AS clicks,
    if(total = 0, countIf(name = 'add_to_cart'), countIf(name = 'add_to_cart' AND n = 1)) AS add_to_carts
FROM told
ARRAY JOIN keys AS key, arrayEnumerate(keys) AS n
GROUP BY GROUPING SETS ((key), ())
ORDER BY total DESC, views DESC, clicks DESC, value
LIMIT {limit:UInt64}
