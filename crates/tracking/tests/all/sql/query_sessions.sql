-- Seven visits of a small shop: two of one cookieless visitor, two of one with a cookie (the second came back from a
-- payment page), a crawler, a visit of the staging host, and one whose visitor agreed to a cookie on the way. An older
-- version of the first row must not count.
INSERT INTO sessions
(
    site, session, visitor, identity, upgraded, started_at, length_ms, entry_page, exit_page, page_views,
    events, engaged, engaged_ms, lang, country, region, city, device_type, browser, os, bot, staging, source, medium,
    campaign, click_id, referrer_host, version
)
VALUES
    ({site:UInt32}, 1, 101, 'cookieless', 0, '2026-11-20 09:00:00', 30000, '/', '/', 1, 1, 0, 0, 'de', 'DE', 'BE', 'Berlin', 'mobile', 'Safari', 'iOS', '', 0, 'google', 'organic', '', '', 'www.google.com', 1),
    ({site:UInt32}, 1, 101, 'cookieless', 0, '2026-11-20 09:00:00', 60000, '/', '/p/1', 2, 5, 1, 20000, 'de', 'DE', 'BE', 'Berlin', 'mobile', 'Safari', 'iOS', '', 0, 'google', 'organic', '', '', 'www.google.com', 5),
    ({site:UInt32}, 2, 101, 'cookieless', 0, '2026-11-20 22:30:00', 2400000, '/', '/', 1, 2, 0, 4000, 'de', 'DE', 'BE', 'Berlin', 'mobile', 'Safari', 'iOS', '', 0, '', '', '', '', '', 2),
    ({site:UInt32}, 3, 202, 'cookie', 0, '2026-11-21 11:00:00', 180000, '/p/1', '/', 3, 4, 1, 0, 'fr', 'FR', '', 'Lyon', 'desktop', 'Firefox', 'Windows', '', 0, 'newsletter', 'email', 'spring', '', '', 4),
    ({site:UInt32}, 4, 202, 'cookie', 0, '2026-11-22 08:00:00', 0, '/p/2', '/p/2', 1, 1, 0, 0, 'fr', 'FR', '', 'Lyon', 'desktop', 'Firefox', 'Windows', '', 0, 'paypal.com', 'referral', '', '', 'www.paypal.com', 1),
    ({site:UInt32}, 5, 303, 'cookieless', 0, '2026-11-21 11:30:00', 0, '/', '/', 1, 1, 0, 0, '', 'US', '', '', '', '', '', 'crawler:search', 0, '', '', '', '', '', 1),
    ({site:UInt32}, 6, 404, 'cookieless', 0, '2026-11-21 12:00:00', 0, '/', '/', 1, 1, 0, 0, 'de', 'DE', '', '', 'desktop', 'Chrome', 'Linux', '', 1, '', '', '', '', '', 1),
    ({site:UInt32}, 7, 606, 'cookieless', 0, '2026-11-22 09:00:00', 0, '/', '/', 1, 1, 0, 0, 'de-DE', 'DE', 'BY', 'München', 'desktop', 'Chrome', 'macOS', '', 0, 'google', 'cpc', 'brand', 'gclid', 'www.google.com', 1),
    ({site:UInt32}, 7, 505, 'cookie', 1, '2026-11-22 09:00:00', 150000, '/', '/p/1', 2, 3, 1, 12000, 'de-DE', 'DE', 'BY', 'München', 'desktop', 'Chrome', 'macOS', '', 0, 'google', 'cpc', 'brand', 'gclid', 'www.google.com', 4)
