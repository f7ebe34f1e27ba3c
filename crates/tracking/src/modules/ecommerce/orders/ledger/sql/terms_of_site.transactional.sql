SELECT terms FROM ecommerce_terms WHERE site = $1
