SELECT id, site_key, currency, time_zone, session_timeout_min, settings, secret, summed_in
FROM sites ORDER BY id
