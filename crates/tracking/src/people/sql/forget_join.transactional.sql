DELETE FROM people_joins WHERE site = $1 AND visitor = $2 RETURNING visitor
