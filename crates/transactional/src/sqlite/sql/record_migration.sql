INSERT INTO ut_migrations (number, name) VALUES ($1, $2)
