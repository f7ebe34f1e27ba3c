-- What each column takes on disk.
SELECT table, column, sum(column_data_compressed_bytes + column_marks_bytes) AS bytes
FROM system.parts_columns
WHERE active AND database = currentDatabase() AND table NOT LIKE 'bench_%' AND NOT startsWith(table, '.')
GROUP BY table, column
ORDER BY table, bytes DESC
