DELETE FROM setup_links WHERE expires_at < $1
