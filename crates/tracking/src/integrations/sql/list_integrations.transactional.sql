SELECT site, provider, domain, secret, old_secret, old_until, created_at, deliveries, last_delivery FROM integrations
ORDER BY site, provider
