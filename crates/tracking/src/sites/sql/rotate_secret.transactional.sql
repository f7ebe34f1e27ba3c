UPDATE sites SET secret = $2 WHERE id = $1
