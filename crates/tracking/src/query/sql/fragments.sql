-- The parts queries are made of: `-- metric NAME @ SCOPE`, `-- dimension NAME @ SCOPE` or `-- operator NAME`, then the
-- expression on the next line. A scope is what it is computed from: a table, `gateways` (sessions of which some came back
-- from a gateway), `many_sessions` and `many_events` (more than are counted one by one) or `scrolls` (page views with the
-- depth they were scrolled to). `{$:…}` is a bound value. An expression of
-- one `LowCardinality` column alone is computed per different value, not per row. Definitions: docs/definitions.md.

-- dimension time:day @ page_day
transform(roundDown(toInt64(toInt32(day)), {bucket_days:Array(Int64)}), {bucket_days:Array(Int64)}, {buckets:Array(Int64)}, toInt64(0))
-- dimension time:week @ page_day
transform(roundDown(toInt64(toInt32(day)), {bucket_days:Array(Int64)}), {bucket_days:Array(Int64)}, {buckets:Array(Int64)}, toInt64(0))
-- dimension time:month @ page_day
transform(roundDown(toInt64(toInt32(day)), {bucket_days:Array(Int64)}), {bucket_days:Array(Int64)}, {buckets:Array(Int64)}, toInt64(0))
-- dimension page @ page_day
path
-- dimension hostname @ page_day
hostname
-- dimension bot @ page_day
bot
-- metric page_views @ page_day
sum(views)
-- metric events @ page_day
sum(events)
-- metric engaged_time_s @ page_day
if(sum(views) = 0, NULL, sum(engaged_ms) / 1000 / sum(views))

-- dimension time:minute @ sessions
roundDown(toUnixTimestamp64Milli(started_at), {buckets:Array(Int64)})
-- dimension time:hour @ sessions
roundDown(toUnixTimestamp64Milli(started_at), {buckets:Array(Int64)})
-- dimension time:day @ sessions
roundDown(toUnixTimestamp64Milli(started_at), {buckets:Array(Int64)})
-- dimension time:week @ sessions
roundDown(toUnixTimestamp64Milli(started_at), {buckets:Array(Int64)})
-- dimension time:month @ sessions
roundDown(toUnixTimestamp64Milli(started_at), {buckets:Array(Int64)})
-- dimension entry_page @ sessions
entry_page
-- dimension exit_page @ sessions
exit_page
-- dimension source @ sessions
transform(source, [''], ['(direct)'])
-- dimension source @ gateways
if(source = '' OR (medium = 'referral' AND referrer_host IN {gateways:Array(String)}), '(direct)', source)
-- dimension medium @ sessions
transform(medium, [''], ['(none)'])
-- dimension medium @ gateways
if(medium = '' OR (medium = 'referral' AND referrer_host IN {gateways:Array(String)}), '(none)', medium)
-- dimension referrer @ sessions
referrer_host
-- dimension referrer @ gateways
if(medium = 'referral' AND referrer_host IN {gateways:Array(String)}, '', referrer_host)
-- dimension campaign @ sessions
campaign
-- dimension channel @ sessions
transform(origin, {origins:Array(String)}, {channels:Array(String)}, 'Unassigned')
-- dimension country @ sessions
country
-- dimension region @ sessions
if(region = '', '', concat(country, '-', region))
-- dimension city @ sessions
city
-- dimension device_type @ sessions
device_type
-- dimension browser @ sessions
browser
-- dimension os @ sessions
os
-- dimension language @ sessions
lang
-- dimension identity @ sessions
identity
-- dimension bot @ sessions
bot
-- dimension new_vs_returning @ sessions
multiIf(identity = 'cookieless', 'unknown', session IN (SELECT argMin(session, (started_at, session)) FROM sessions WHERE site = {site:UInt32} AND identity != 'cookieless' GROUP BY visitor), 'new', 'returning')
-- metric visitors @ sessions
uniqExact(visitor)
-- metric sessions @ sessions
count()
-- metric views_per_session @ sessions
if(count() = 0, NULL, sum(page_views) / count())
-- metric bounce_rate @ sessions
if(count() = 0, NULL, countIf(engaged = 0) / count())
-- metric session_duration_s @ sessions
if(count() = 0, NULL, sum(length_ms) / 1000 / count())
-- metric engaged_time_s @ sessions
if(count() = 0, NULL, sum(engaged_ms) / 1000 / count())
-- metric cookieless_share @ sessions
if(count() = 0, NULL, uniqExactIf(visitor, who >= 2) / uniqExact(visitor))

-- metric visitors @ many_sessions
uniqCombined64(17)(visitor)
-- metric cookieless_share @ many_sessions
if(count() = 0, NULL, if(countIf(who >= 2) = count(), 1, least(1, uniqCombined64If(14)(visitor, who >= 2) / uniqCombined64(17)(visitor))))

-- dimension time:minute @ events
roundDown(toUnixTimestamp64Milli(ts), {buckets:Array(Int64)})
-- dimension time:hour @ events
roundDown(toUnixTimestamp64Milli(ts), {buckets:Array(Int64)})
-- dimension time:day @ events
roundDown(toUnixTimestamp64Milli(ts), {buckets:Array(Int64)})
-- dimension time:week @ events
roundDown(toUnixTimestamp64Milli(ts), {buckets:Array(Int64)})
-- dimension time:month @ events
roundDown(toUnixTimestamp64Milli(ts), {buckets:Array(Int64)})
-- dimension page @ events
path
-- dimension hostname @ events
hostname
-- dimension title @ events
title
-- dimension event @ events
name
-- dimension screen @ events
if(viewport_width = 0, '', concat(toString(viewport_width), 'x', toString(viewport_height)))
-- dimension country @ events
country
-- dimension region @ events
if(region = '', '', concat(country, '-', region))
-- dimension city @ events
city
-- dimension device_type @ events
device_type
-- dimension browser @ events
browser
-- dimension os @ events
os
-- dimension language @ events
lang
-- dimension identity @ events
identity
-- dimension bot @ events
bot
-- dimension prop: @ events
props[{$:String}]
-- metric visitors @ events
uniqExactIf(/*visitor*/, visitor != 0)
-- metric sessions @ events
uniqExactIf(session, session != 0)
-- metric page_views @ events
countIf(name = 'page_view')
-- metric events @ events
count()
-- metric engaged_time_s @ events
if(countIf(name = 'page_view') = 0, NULL, sum(engaged_ms) / 1000 / countIf(name = 'page_view'))
-- metric cookieless_share @ events
if(countIf(visitor != 0) = 0, NULL, uniqExactIf(visitor, visitor != 0 AND identity = 'cookieless') / uniqExactIf(visitor, visitor != 0))

-- metric visitors @ many_events
uniqCombined64If(17)(/*visitor*/, visitor != 0)
-- metric cookieless_share @ many_events
if(countIf(visitor != 0) = 0, NULL, if(countIf(visitor != 0 AND identity = 'cookieless') = countIf(visitor != 0), 1, least(1, uniqCombined64If(14)(visitor, visitor != 0 AND identity = 'cookieless') / uniqCombined64If(17)(visitor, visitor != 0))))

-- metric scroll_pct @ scrolls
if(count() = 0, NULL, avg(deepest))

-- operator is
/*dimension*/ IN {$:Array(String)}
-- operator contains
multiSearchAny(toString(/*dimension*/), {$:Array(String)})
-- operator matches
match(toString(/*dimension*/), {$:String})
