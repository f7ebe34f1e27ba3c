SELECT
    site,
    count()
FROM events
GROUP BY site
ORDER BY site
