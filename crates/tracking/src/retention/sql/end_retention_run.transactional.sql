UPDATE retention_runs SET ran_at = $3, removed = $4, error = $5 WHERE site = $1 AND class = $2
