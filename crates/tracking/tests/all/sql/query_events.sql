-- The events of the visits in query_sessions.sql, and one that came too late to be identified. Columns that all events
-- of a visit share are filled in below.
INSERT INTO events
(
    site, log, lsn, name, ts, identity, visitor, session, page_view, hostname, path, title, lang, viewport_width,
    viewport_height, country, region, city, device_type, browser, os, bot, staging, engaged_ms, scroll_pct, props
)
WITH
    transform(session, [1, 2, 3, 4, 5, 6, 7], ['de', 'de', 'fr', 'fr', '', 'de', 'de-DE'], '') AS lang,
    transform(session, [1, 2, 3, 4, 5, 6, 7], ['DE', 'DE', 'FR', 'FR', 'US', 'DE', 'DE'], 'DE') AS country,
    transform(session, [1, 2, 7], ['BE', 'BE', 'BY'], '') AS region,
    transform(session, [1, 2, 3, 4, 7], ['Berlin', 'Berlin', 'Lyon', 'Lyon', 'München'], '') AS city,
    transform(session, [0, 1, 2, 5], ['mobile', 'mobile', 'mobile', ''], 'desktop') AS device_type,
    transform(session, [1, 2, 3, 4, 6, 7], ['Safari', 'Safari', 'Firefox', 'Firefox', 'Chrome', 'Chrome'], '') AS browser,
    transform(session, [1, 2, 3, 4, 6, 7], ['iOS', 'iOS', 'Windows', 'Windows', 'Linux', 'macOS'], '') AS os
SELECT
    {site:UInt32}, 9, rowNumberInAllBlocks(), name, toDateTime64(at, 3, 'UTC'), if(visitor IN (202, 505), 'cookie', 'cookieless'),
    visitor, session, page_view, if(session = 6, 'staging.example', 'shop.example'), path,
    transform(path, ['/', '/p/1', '/p/2'], ['Home', 'One', 'Two'], ''), lang, if(session IN (1, 2), 390, 0),
    if(session IN (1, 2), 844, 0), country, region, city, device_type, browser, os,
    if(session = 5, 'crawler:search', ''), session = 6, engaged_ms, scroll_pct, props
FROM values(
    'name String, at String, visitor UInt64, session UInt64, page_view UInt64, path String, engaged_ms UInt32, scroll_pct UInt8, props Map(String, String)',
    ('page_view', '2026-11-20 09:00:00', 101, 1, 1, '/', 0, 0, map()),
    ('engagement', '2026-11-20 09:00:20', 101, 1, 1, '/', 15000, 80, map()),
    ('page_view', '2026-11-20 09:00:30', 101, 1, 2, '/p/1', 0, 0, map()),
    ('add_to_cart', '2026-11-20 09:01:00', 101, 1, 2, '/p/1', 0, 0, map('color', 'red')),
    ('engagement', '2026-11-20 09:01:00', 101, 1, 2, '/p/1', 5000, 40, map()),
    ('page_view', '2026-11-20 22:30:00', 101, 2, 3, '/', 0, 0, map()),
    ('engagement', '2026-11-20 23:10:00', 101, 2, 3, '/', 4000, 90, map()),
    ('page_view', '2026-11-21 11:00:00', 202, 3, 4, '/p/1', 0, 0, map()),
    ('page_view', '2026-11-21 11:01:00', 202, 3, 5, '/p/2', 0, 0, map()),
    ('page_view', '2026-11-21 11:02:00', 202, 3, 6, '/', 0, 0, map()),
    ('search', '2026-11-21 11:03:00', 202, 3, 6, '/', 0, 0, map('q', 'shoes', 'color', 'blue')),
    ('page_view', '2026-11-22 08:00:00', 202, 4, 7, '/p/2', 0, 0, map()),
    ('page_view', '2026-11-21 11:30:00', 303, 5, 8, '/', 0, 0, map()),
    ('page_view', '2026-11-21 12:00:00', 404, 6, 9, '/', 0, 0, map()),
    ('page_view', '2026-11-22 09:00:00', 606, 7, 10, '/', 0, 0, map()),
    ('page_view', '2026-11-22 09:02:00', 505, 7, 11, '/p/1', 0, 0, map()),
    ('engagement', '2026-11-22 09:02:30', 505, 7, 11, '/p/1', 12000, 60, map()),
    ('page_view', '2026-11-21 14:00:00', 0, 0, 0, '/p/1', 0, 0, map())
)
