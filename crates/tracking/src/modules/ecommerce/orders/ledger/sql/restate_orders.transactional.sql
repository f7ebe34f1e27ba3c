UPDATE ecommerce_orders SET version = version + 1 WHERE site = $1
