INSERT INTO integrations (site, provider, domain, secret, old_secret, old_until, created_at, deliveries, last_delivery)
VALUES ($1, $2, $3, $4, $5, 0, $6, 0, 0)
