-- Whoever comes second finds it used.
UPDATE setup_links SET used_at = $2, used_for = $3
WHERE hash = $1 AND used_at IS NULL AND expires_at > $2 AND wrong_tries < $4
RETURNING purpose
