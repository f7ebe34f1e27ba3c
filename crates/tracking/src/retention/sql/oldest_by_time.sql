-- The time of a site's oldest row in Unix milliseconds, and how many rows it has.
SELECT toUnixTimestamp64Milli(min({column:Identifier})) AS oldest, count() AS rows
FROM {table:Identifier}
WHERE site = {site:UInt32}
