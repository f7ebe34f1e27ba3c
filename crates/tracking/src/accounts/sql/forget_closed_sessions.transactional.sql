DELETE FROM closed_sessions WHERE forget_at < $1
