-- The tables as they are: other tables need another data set.
SELECT create_table_query
FROM system.tables
WHERE database = currentDatabase()
ORDER BY name
