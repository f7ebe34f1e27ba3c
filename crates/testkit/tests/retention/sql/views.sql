-- A site's views by day, as its sums say.
SELECT toString(day) AS day, sum(views) AS views
FROM page_day
WHERE site = {site:UInt32}
GROUP BY day
HAVING views > 0
ORDER BY day
