-- The visitors of a site, those whose id has this remainder: all of them at once may be millions.
SELECT lower(leftPad(hex(visitor), 16, '0'))
FROM (
    SELECT visitor FROM events WHERE site = {site:UInt32} AND visitor % {parts:UInt64} = {part:UInt64}
    UNION DISTINCT
    SELECT visitor FROM sessions WHERE site = {site:UInt32} AND visitor % {parts:UInt64} = {part:UInt64}
)
