SELECT log_id, history_end FROM logs ORDER BY number
