SELECT field, sealed, at FROM people_fields WHERE site = $1 AND visitor = $2 ORDER BY field
