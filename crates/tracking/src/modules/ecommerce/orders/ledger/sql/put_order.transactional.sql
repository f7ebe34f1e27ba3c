INSERT INTO ecommerce_orders (site, order_id, version, mirrored, visitor, told) VALUES ($1, $2, $3, 0, $4, $5)
ON CONFLICT (site, order_id) DO UPDATE SET version = excluded.version, visitor = excluded.visitor, told = excluded.told
