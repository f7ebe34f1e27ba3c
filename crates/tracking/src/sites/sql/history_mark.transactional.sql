SELECT history_end FROM logs WHERE log_id = $1
