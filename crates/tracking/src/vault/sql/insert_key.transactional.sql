INSERT INTO vault_keys (handle, site, subject, kek, wrapped, made_at) VALUES ($1, $2, $3, $4, $5, $6)
