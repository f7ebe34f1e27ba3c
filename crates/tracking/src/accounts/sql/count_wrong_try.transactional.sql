UPDATE setup_links SET wrong_tries = wrong_tries + 1 WHERE used_at IS NULL AND expires_at > $1
