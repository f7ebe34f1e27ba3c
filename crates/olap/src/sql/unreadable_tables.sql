-- Tables without rows whose definition is not on disk: it did not fit when they were made.
SELECT name
FROM system.tables
WHERE database = currentDatabase() AND create_table_query = '' AND ifNull(total_rows, 0) = 0
