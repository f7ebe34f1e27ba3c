INSERT INTO conformance (name, number, content) VALUES ($1, $2, '')
ON CONFLICT (name) DO UPDATE SET number = excluded.number
RETURNING number
