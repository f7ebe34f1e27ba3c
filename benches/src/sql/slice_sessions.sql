-- The sessions of a slice, which holds whole visits, in the order in which they began.
INSERT INTO sessions
(
    site, session, visitor, identity, upgraded, started_at, length_ms, entry_hostname, entry_page, exit_hostname,
    exit_page, page_views, events, engaged, engaged_ms, touches, tz, lang, country, region, city, country_source, device_type,
    browser, browser_version, os, os_version, brand, model, bot, source, medium, campaign, click_id, referrer_host, version
)
SELECT
    {site:UInt32},
    session,
    any(visitor),
    any(identity),
    any(identity) = 'cookie' AND cityHash64(session, 'upgraded') % 20 = 0,
    fromUnixTimestamp64Milli(min(at), 'UTC'),
    toUInt32(max(at) - min(at)),
    'shop.example',
    argMin(path, at),
    'shop.example',
    argMax(path, at),
    countIf(kind = 0) AS views,
    count() AS events,
    views > 1 OR countIf(kind = 3) > 0 OR time >= 10000,
    sum(bench_slice.engaged_ms) AS time,
    sum(touch),
    any(tz),
    any(lang),
    any(country),
    any(region),
    any(city),
    'database',
    any(device_type),
    any(browser),
    any(browser_version),
    any(os),
    any(os_version),
    any(brand),
    any(model),
    any(bot),
    any(source),
    any(medium),
    any(campaign),
    any(click_id),
    any(referrer_host),
    events
FROM bench_slice
GROUP BY session;
