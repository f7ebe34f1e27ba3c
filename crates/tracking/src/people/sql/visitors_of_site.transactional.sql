SELECT visitor FROM people_fields WHERE site = $1 UNION SELECT visitor FROM people_joins WHERE site = $1
