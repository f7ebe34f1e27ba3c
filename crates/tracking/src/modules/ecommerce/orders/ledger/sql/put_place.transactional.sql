INSERT INTO ecommerce_places (log, next) VALUES ($1, $2)
ON CONFLICT (log) DO UPDATE SET next = excluded.next
