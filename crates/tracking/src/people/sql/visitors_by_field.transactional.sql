SELECT visitor FROM people_fields WHERE site = $1 AND field = $2 AND blind = $3 ORDER BY visitor
