SELECT name FROM ut_migrations WHERE number = $1
