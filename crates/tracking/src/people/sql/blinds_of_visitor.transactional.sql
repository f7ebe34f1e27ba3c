SELECT field, blind FROM people_fields WHERE site = $1 AND visitor = $2 AND blind IS NOT NULL
UNION
SELECT 'external_id', customer FROM people_joins WHERE site = $1 AND visitor = $2
ORDER BY 1, 2
