SELECT DISTINCT number FROM ut_migrations ORDER BY number
