DELETE FROM people_fields WHERE site = $1 AND at < $2 RETURNING field
