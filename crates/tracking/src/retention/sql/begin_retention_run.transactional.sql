-- Longer limits bring nothing back: the instant only rises.
INSERT INTO retention_runs (site, class, gone_before, removed) VALUES ($1, $2, $3, 0)
ON CONFLICT (site, class) DO UPDATE SET gone_before =
    CASE WHEN excluded.gone_before > retention_runs.gone_before
        THEN excluded.gone_before ELSE retention_runs.gone_before END
