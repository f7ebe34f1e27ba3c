-- A visit every half hour of three days.
INSERT INTO sessions
(
    site, session, visitor, identity, started_at, entry_page, exit_page, page_views,
    events, version
)
SELECT
    {site:UInt32}, number + 1, number + 1, 'cookieless', at, '/', '/', 1, 1, 1
FROM
(
    SELECT number, fromUnixTimestamp64Milli({from:Int64} + toInt64(number) * 1800000, 'UTC') AS at
    FROM numbers(toUInt64(({to:Int64} - {from:Int64}) / 1800000))
)
