-- The tables that hold anything of a site.
SELECT DISTINCT table
FROM system.columns
WHERE database = currentDatabase() AND name = 'site'
ORDER BY table
