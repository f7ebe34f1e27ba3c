SELECT COUNT(*) FROM users WHERE role = 'owner'
