SELECT name FROM system.tables WHERE database = currentDatabase() AND total_rows > 0 ORDER BY name
