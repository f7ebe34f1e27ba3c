SELECT visitor FROM people_joins WHERE site = $1 AND customer = $2 ORDER BY visitor
