SELECT DISTINCT order_id FROM ecommerce_order_names
WHERE site = $1 AND name IN ($2, $3, $4, $5, $6, $7, $8, $9)
ORDER BY order_id
