SELECT next FROM ecommerce_places WHERE log = $1
