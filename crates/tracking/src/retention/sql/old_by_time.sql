-- The partitions of a table that have rows of the site from before an instant: their ids, how many such rows, and how many rows
-- of anybody and any age.
SELECT
    _partition_id AS partition,
    countIf(site = {site:UInt32} AND {column:Identifier} < fromUnixTimestamp64Milli({before:Int64}, 'UTC')) AS old,
    count() AS rows
FROM {table:Identifier}
WHERE _partition_id IN (
    SELECT DISTINCT _partition_id
    FROM {table:Identifier}
    WHERE site = {site:UInt32} AND {column:Identifier} < fromUnixTimestamp64Milli({before:Int64}, 'UTC')
)
GROUP BY partition
ORDER BY partition
