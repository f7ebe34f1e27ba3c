UPDATE integrations SET deliveries = deliveries + 1, last_delivery = $3 WHERE site = $1 AND provider = $2
