-- The partitions of a table that have rows of the site from before a day: their ids, how many such rows, and how many rows of
-- anybody and any age.
SELECT
    _partition_id AS partition,
    countIf(site = {site:UInt32} AND {column:Identifier} < toDate32({before_day:Int32})) AS old,
    count() AS rows
FROM {table:Identifier}
WHERE _partition_id IN (
    SELECT DISTINCT _partition_id
    FROM {table:Identifier}
    WHERE site = {site:UInt32} AND {column:Identifier} < toDate32({before_day:Int32})
)
GROUP BY partition
ORDER BY partition
