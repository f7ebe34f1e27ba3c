DELETE FROM old_secrets WHERE site = $1 AND valid_until <= $2
