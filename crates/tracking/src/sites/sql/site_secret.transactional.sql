SELECT site_key, secret FROM sites WHERE id = $1
