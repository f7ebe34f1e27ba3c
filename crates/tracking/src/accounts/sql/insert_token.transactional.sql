INSERT INTO api_tokens (id, hash, hint, site, scope, created_at)
SELECT $1, $2, $3, id, $5, $6 FROM sites WHERE id = $4
RETURNING site
