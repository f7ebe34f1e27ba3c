SELECT site, class, gone_before, ran_at, removed, error FROM retention_runs ORDER BY site, class
