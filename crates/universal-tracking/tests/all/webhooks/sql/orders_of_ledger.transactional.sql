SELECT order_id, version, mirrored, told FROM ecommerce_orders ORDER BY order_id
