-- Only if this very attempt has spent the link, and nobody else has become the owner meanwhile.
INSERT INTO users (id, email, password, role, created_at)
SELECT $1, $2, $3, 'owner', $4
FROM setup_links
WHERE hash = $5 AND used_for = $1 AND NOT EXISTS (SELECT 1 FROM users WHERE role = 'owner')
