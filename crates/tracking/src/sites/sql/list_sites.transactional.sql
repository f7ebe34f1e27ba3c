SELECT id, site_key, currency, time_zone, session_timeout_min FROM sites ORDER BY id
