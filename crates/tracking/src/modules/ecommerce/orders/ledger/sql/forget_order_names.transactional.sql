DELETE FROM ecommerce_order_names WHERE site = $1 AND order_id = $2
