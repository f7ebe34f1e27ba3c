DELETE FROM users
WHERE id = $1 AND EXISTS (SELECT 1 FROM users AS other WHERE other.role = 'owner' AND other.id <> $1)
