SELECT table, name
FROM system.columns
WHERE database = currentDatabase() AND table IN ('events', 'sessions', 'performance_vitals', 'page_day') AND default_kind IN ('', 'DEFAULT', 'MATERIALIZED')
