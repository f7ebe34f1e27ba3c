-- The URLs of events, and what is stored of them.
SELECT url, url_end
FROM events
WHERE name = 'look'
ORDER BY lsn
