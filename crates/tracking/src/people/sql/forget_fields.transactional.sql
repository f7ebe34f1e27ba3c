DELETE FROM people_fields WHERE site = $1 AND visitor = $2 RETURNING field
