SELECT order_id, version, told FROM ecommerce_orders WHERE site = $1 AND visitor = $2 ORDER BY order_id
