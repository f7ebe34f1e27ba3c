SELECT handle, site, subject, kek, wrapped FROM vault_keys WHERE handle = $1
