-- The right-hand sides see the row as it was.
UPDATE sites SET
    currency = $2,
    summed_in = CASE WHEN time_zone = $3 THEN summed_in ELSE COALESCE(summed_in, time_zone) END,
    time_zone = $3,
    session_timeout_min = $4,
    settings = $5
WHERE id = $1
