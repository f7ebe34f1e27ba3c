INSERT INTO people_fields (site, visitor, field, sealed, blind, at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (site, visitor, field) DO UPDATE SET sealed = excluded.sealed, blind = excluded.blind, at = excluded.at
