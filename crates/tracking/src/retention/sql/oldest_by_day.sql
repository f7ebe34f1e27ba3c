-- The day of a site's oldest row, days since 1970-01-01, and how many rows it has.
SELECT toInt64(toInt32(min({column:Identifier}))) AS oldest, count() AS rows
FROM {table:Identifier}
WHERE site = {site:UInt32}
