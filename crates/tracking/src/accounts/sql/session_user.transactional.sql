SELECT id, email FROM users
WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM closed_sessions WHERE session = $2)
