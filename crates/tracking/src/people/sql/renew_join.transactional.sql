UPDATE people_joins SET at = $4 WHERE site = $1 AND visitor = $2 AND customer = $3 RETURNING visitor
