-- Rows that are ready, of every column that is stored.
SELECT *
FROM events
LIMIT 100000
