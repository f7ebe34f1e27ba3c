INSERT INTO rights_obeyed (erasure, log, at) VALUES ($1, $2, $3)
ON CONFLICT (erasure, log) DO UPDATE SET at = excluded.at
