-- What the store of sites and accounts looks like and which changes made it so: others need another data set.
SELECT coalesce(sql, name) AS shape FROM sqlite_master
UNION ALL
SELECT number || ' ' || name FROM ut_migrations
ORDER BY shape
