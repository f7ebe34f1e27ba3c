INSERT INTO ecommerce_order_names (site, name, order_id) VALUES ($1, $2, $3)
ON CONFLICT (site, name, order_id) DO NOTHING
