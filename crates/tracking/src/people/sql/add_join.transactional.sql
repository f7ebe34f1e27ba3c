INSERT INTO people_joins (site, visitor, customer, at) VALUES ($1, $2, $3, $4)
ON CONFLICT (site, visitor) DO NOTHING RETURNING visitor
