SELECT handle, site, subject, kek, wrapped FROM vault_keys WHERE kek <> $1 ORDER BY handle LIMIT $2
