SELECT min(at)
FROM (SELECT at FROM people_fields WHERE site = $1 UNION ALL SELECT at FROM people_joins WHERE site = $1) AS told
