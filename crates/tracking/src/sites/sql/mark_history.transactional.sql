UPDATE logs SET history_end = $2 WHERE log_id = $1 AND history_end < $2
