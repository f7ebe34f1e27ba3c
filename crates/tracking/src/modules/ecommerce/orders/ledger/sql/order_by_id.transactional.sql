SELECT version, told FROM ecommerce_orders WHERE site = $1 AND order_id = $2
