-- What each table takes on disk, with its indexes, and how many rows it has.
SELECT table, sum(bytes_on_disk) AS bytes, sum(rows) AS count
FROM system.parts
WHERE active AND database = currentDatabase() AND table NOT LIKE 'bench_%'
GROUP BY table
ORDER BY bytes DESC
