INSERT INTO conformance (name, number, content, note) VALUES ($1, $2, $3, $4) RETURNING name
