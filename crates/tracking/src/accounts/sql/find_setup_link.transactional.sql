SELECT purpose, expires_at, wrong_tries, used_at FROM setup_links WHERE hash = $1
