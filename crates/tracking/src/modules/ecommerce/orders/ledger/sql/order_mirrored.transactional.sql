UPDATE ecommerce_orders SET mirrored = $3 WHERE site = $1 AND order_id = $2 AND mirrored < $3
