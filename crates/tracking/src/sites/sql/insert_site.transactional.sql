INSERT INTO sites (id, site_key, currency, time_zone, session_timeout_min, secret, created_at)
SELECT COALESCE(MAX(id), 0) + 1, $1, $2, $3, $4, $5, $6 FROM sites
