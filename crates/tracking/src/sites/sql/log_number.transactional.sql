-- `WHERE TRUE` tells SQLite that `ON` belongs to the INSERT and does not join.
INSERT INTO logs (log_id, number)
SELECT $1, COALESCE(MAX(number), 0) + 1 FROM logs WHERE TRUE
ON CONFLICT (log_id) DO UPDATE SET log_id = excluded.log_id
RETURNING number
