INSERT INTO users (id, email, password, role, created_at) VALUES ($1, $2, $3, 'owner', $4)
