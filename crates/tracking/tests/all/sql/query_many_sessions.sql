-- More sessions than are counted one by one: two per visitor. One visitor of three has a cookie; a thousand visitors are
-- from Liechtenstein.
INSERT INTO sessions (site, session, visitor, identity, started_at, country, entry_page, page_views, events, version)
SELECT
    {site:UInt32},
    number + 1,
    cityHash64(intDiv(number, 2)),
    if(intDiv(number, 2) % 3 = 0, 'cookie', 'cookieless'),
    fromUnixTimestamp64Milli({from:Int64} + toInt64(number) * 400, 'UTC'),
    if(intDiv(number, 2) < 1000, 'LI', 'DE'),
    '/',
    1,
    1,
    1
FROM numbers({sessions:UInt64})
