INSERT INTO setup_links (hash, purpose, expires_at, wrong_tries) VALUES ($1, $2, $3, 0)
