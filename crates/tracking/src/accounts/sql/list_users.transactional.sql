SELECT id, email, created_at FROM users ORDER BY created_at, id
