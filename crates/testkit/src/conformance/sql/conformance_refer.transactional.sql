INSERT INTO conformance_references (name) VALUES ($1)
