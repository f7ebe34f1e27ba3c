-- The page view of each visit in query_half_hours_sessions.sql.
INSERT INTO events (site, log, lsn, name, ts, identity, visitor, session, page_view, hostname, path)
SELECT site, 9, session, 'page_view', started_at, identity, visitor, session, session, 'shop.example', '/'
FROM sessions
WHERE site = {site:UInt32}
