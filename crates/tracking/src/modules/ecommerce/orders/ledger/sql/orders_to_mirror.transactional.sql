SELECT site, order_id, version, told FROM ecommerce_orders
WHERE version > mirrored
ORDER BY site, order_id
LIMIT $1
