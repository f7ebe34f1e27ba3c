-- The right-hand sides see the row as it was.
UPDATE sites SET old_secret = secret, old_secret_until = $2, secret = $3 WHERE id = $1
