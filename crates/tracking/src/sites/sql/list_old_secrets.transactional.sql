SELECT site, secret, valid_until FROM old_secrets ORDER BY valid_until DESC
