SELECT
    id, site_key, currency, time_zone, session_timeout_min, settings, secret, old_secret, old_secret_until, summed_in
FROM sites ORDER BY id
