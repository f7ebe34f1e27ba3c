UPDATE integrations SET old_secret = secret, old_until = $4, secret = $3 WHERE site = $1 AND provider = $2
