DELETE FROM people_joins WHERE site = $1 AND at < $2 RETURNING visitor
