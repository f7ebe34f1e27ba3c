DELETE FROM vault_keys WHERE site = $1 AND subject = $2 RETURNING handle
