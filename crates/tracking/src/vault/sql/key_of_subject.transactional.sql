SELECT handle, site, subject, kek, wrapped FROM vault_keys WHERE site = $1 AND subject = $2
