-- A stretch of visits, event by event: visits `first` to `first + count`, spread evenly over the milliseconds from `from`
-- to `from + span`. Everything follows from a visit's number, so that the same numbers give the same rows.
--
-- Two of five visits are by somebody who was here before, mostly within a day (who is known by a cookie comes back later
-- too); 2.5 pages each, most of them read for a while, two thirds of them product pages, and some products go into a cart.
CREATE OR REPLACE TABLE bench_slice ENGINE = Memory AS
WITH
    CAST(['DE', 'DE', 'DE', 'DE', 'AT', 'CH', 'US', 'FR', 'GB', 'NL', 'PL', 'IT'], 'Array(LowCardinality(String))') AS countries,
    CAST(['BE', 'BY', 'NW', 'HH', 'HE', 'SN', 'BW', 'NI'], 'Array(LowCardinality(String))') AS regions,
    CAST(['mobile', 'mobile', 'mobile', 'desktop', 'desktop', 'tablet'], 'Array(LowCardinality(String))') AS types,
    CAST(['Chrome', 'Chrome', 'Safari', 'Firefox', 'Edge', 'Samsung Internet'], 'Array(LowCardinality(String))') AS browsers,
    CAST(['Android', 'iOS', 'Windows', 'macOS', 'Linux'], 'Array(LowCardinality(String))') AS systems,
    CAST(['', 'Apple', 'Samsung', 'Xiaomi', 'Google'], 'Array(LowCardinality(String))') AS brands,
    ['', '', '', 'google', 'google', 'google', 'newsletter', 'facebook', 'bing', 'instagram'] AS sources,
    ['', '', '', 'organic', 'organic', 'cpc', 'email', 'social', 'organic', 'social'] AS mediums,
    ['', '', '', 'www.google.com', 'www.google.com', 'www.google.com', '', 'l.facebook.com', 'www.bing.com', 'instagram.com']
        AS referrers,
    visits AS (
        SELECT
            {first:UInt64} + number AS visit,
            {from:Int64} + toInt64(number / {count:UInt64} * {span:Int64}) AS start,
            toUInt64(if(cityHash64(visit, 'far') % 5 = 0, visit + 1, least(visit + 1, 15000))) AS reach,
            if(cityHash64(visit, 'new') % 5 < 3, visit, visit - cityHash64(visit, 'who') % reach) AS person,
            1 + toUInt32(pow((cityHash64(visit, 'pages') % 10000) / 10000, 3) * 8) AS pages
        FROM numbers({count:UInt64})
    ),
    views AS (SELECT *, arrayJoin(range(pages)) AS view FROM visits),
    kinds AS (
        SELECT
            *,
            arrayJoin(arrayFilter(
                kind -> [
                    1,
                    cityHash64(visit, view, 'page') % 3 != 0,
                    cityHash64(visit, view, 'scroll') % 6 = 0,
                    cityHash64(visit, view, 'cart') % 12 = 0,
                    cityHash64(visit, view, 'read') % 10 < 8][kind + 1] = 1,
                [0, 1, 2, 3, 4])) AS kind
        FROM views
    )
SELECT
    visit * 64 + view * 5 + kind AS lsn,
    start + view * 35000 + cityHash64(visit, view, 'pause') % 20000
        + [0, 400, 5000 + cityHash64(visit, view, 'z') % 10000, 12000, 15000 + cityHash64(visit, view, 'e') % 4000][kind + 1]
        AS at,
    ['page_view', 'view_item', 'scroll_to', 'add_to_cart', 'engagement'][kind + 1] AS name,
    kind,
    view,
    person,
    cityHash64(visit, 'session') AS session,
    cityHash64(person, 'visitor') AS visitor,
    if(cityHash64(person, 'cookie') % 10 < 4, 'cookie', 'cookieless') AS identity,
    cityHash64(visit, view, 'view') AS page_view,
    toUInt32(pow((cityHash64(visit, view, 'page') % 100000) / 100000, 3) * 800) AS page,
    if(page = 0, '/', concat('/product/some-nice-thing-', toString(page))) AS path,
    countries[1 + cityHash64(person, 'country') % 12] AS country,
    regions[1 + cityHash64(person, 'region') % 8] AS region,
    toLowCardinality(concat('City ', toString(toUInt32(pow((cityHash64(person, 'city') % 10000) / 10000, 3) * 300)))) AS city,
    types[1 + cityHash64(person, 'type') % 6] AS device_type,
    browsers[1 + cityHash64(person, 'browser') % 6] AS browser,
    toLowCardinality(concat(toString(120 + cityHash64(person, 'bv') % 15), '.0')) AS browser_version,
    systems[1 + cityHash64(person, 'os') % 5] AS os,
    toLowCardinality(toString(10 + cityHash64(person, 'ov') % 8)) AS os_version,
    brands[1 + cityHash64(person, 'brand') % 5] AS brand,
    toLowCardinality(concat('SM-', toString(cityHash64(person, 'model') % 60))) AS model,
    if(cityHash64(person, 'bot') % 50 = 0, 'crawler:search', '') AS bot,
    ['de-DE', 'de', 'en-US', 'fr-FR'][1 + cityHash64(person, 'lang') % 4] AS lang,
    ['Europe/Berlin', 'Europe/Vienna', 'America/New_York'][1 + cityHash64(person, 'zone') % 3] AS tz,
    [390, 360, 1920, 1440, 412][1 + cityHash64(person, 'screen') % 5] AS width,
    [844, 800, 1080, 900, 915][1 + cityHash64(person, 'screen') % 5] AS height,
    1 + cityHash64(visit, 'source') % 10 AS origin,
    sources[origin] AS source,
    mediums[origin] AS medium,
    if(medium IN ('cpc', 'email'), concat('campaign-', toString(cityHash64(visit, 'campaign') % 20)), '') AS campaign,
    if(medium = 'cpc', 'gclid', '') AS click_id,
    referrers[origin] AS referrer_host,
    toUInt8(view = 0 AND kind = 0 AND (source != '' OR referrer_host != '')) AS touch,
    toUInt32(if(kind = 4, 3000 + cityHash64(visit, view, 'engaged') % 30000, 0)) AS engaged_ms,
    toUInt8(if(kind = 4, 20 + cityHash64(visit, view, 'depth') % 81, 0)) AS scroll_pct
FROM kinds;
