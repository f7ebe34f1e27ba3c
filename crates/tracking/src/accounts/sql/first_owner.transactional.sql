SELECT id, email FROM users WHERE role = 'owner' ORDER BY created_at, id LIMIT 1
