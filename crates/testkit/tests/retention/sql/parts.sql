-- How many parts a partition of a table has.
SELECT count()
FROM system.parts
WHERE database = currentDatabase() AND table = {table:String} AND partition_id = {partition:String} AND active
