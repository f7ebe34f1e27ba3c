INSERT INTO old_secrets (site, secret, valid_until) SELECT id, secret, $2 FROM sites WHERE id = $1
