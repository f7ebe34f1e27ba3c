-- The parts queries are made of: `-- metric NAME @ SCOPE`, `-- dimension NAME @ SCOPE` or `-- operator NAME`, then the
-- expression on the next line. A scope is what it is computed from: a table, `gateways` (sessions of which some came back
-- from a gateway), `many_sessions` and `many_events` (more than are counted one by one) or `scrolls` (page views with the
-- depth they were scrolled to), `vitals` (the greatest value of each instance of a metric), or `orders` (those that count). `{$:…}` is a bound value, and
-- `/*page_template*/` the first of the site's patterns that fits `path`. An expression of
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

-- dimension page_template @ page_day
/*page_template*/
-- dimension page_template @ events
/*page_template*/
-- dimension page_template @ vitals
/*page_template*/
-- dimension time:minute @ vitals
roundDown(toUnixTimestamp64Milli(ts), {buckets:Array(Int64)})
-- dimension time:hour @ vitals
roundDown(toUnixTimestamp64Milli(ts), {buckets:Array(Int64)})
-- dimension time:day @ vitals
roundDown(toUnixTimestamp64Milli(ts), {buckets:Array(Int64)})
-- dimension time:week @ vitals
roundDown(toUnixTimestamp64Milli(ts), {buckets:Array(Int64)})
-- dimension time:month @ vitals
roundDown(toUnixTimestamp64Milli(ts), {buckets:Array(Int64)})
-- dimension page @ vitals
path
-- dimension hostname @ vitals
hostname
-- dimension country @ vitals
country
-- dimension device_type @ vitals
device_type
-- dimension browser @ vitals
browser
-- dimension os @ vitals
os
-- dimension bot @ vitals
bot
-- dimension target @ vitals
attribution[transform(metric, ['INP', 'CLS'], ['interactionTarget', 'largestShiftTarget'], 'target')]
-- metric samples_lcp @ vitals
countIf(metric = 'LCP')
-- metric p75_lcp @ vitals
if(countIf(metric = 'LCP') = 0, NULL, quantileExactWeightedIf(0.75)(value, 1, metric = 'LCP'))
-- metric good_lcp @ vitals
countIf(metric = 'LCP' AND value <= 2500)
-- metric poor_lcp @ vitals
countIf(metric = 'LCP' AND value > 4000)
-- metric samples_inp @ vitals
countIf(metric = 'INP')
-- metric p75_inp @ vitals
if(countIf(metric = 'INP') = 0, NULL, quantileExactWeightedIf(0.75)(value, 1, metric = 'INP'))
-- metric good_inp @ vitals
countIf(metric = 'INP' AND value <= 200)
-- metric poor_inp @ vitals
countIf(metric = 'INP' AND value > 500)
-- metric samples_cls @ vitals
countIf(metric = 'CLS')
-- metric p75_cls @ vitals
if(countIf(metric = 'CLS') = 0, NULL, quantileExactWeightedIf(0.75)(value, 1, metric = 'CLS'))
-- metric good_cls @ vitals
countIf(metric = 'CLS' AND value <= 0.1)
-- metric poor_cls @ vitals
countIf(metric = 'CLS' AND value > 0.25)
-- metric samples_fcp @ vitals
countIf(metric = 'FCP')
-- metric p75_fcp @ vitals
if(countIf(metric = 'FCP') = 0, NULL, quantileExactWeightedIf(0.75)(value, 1, metric = 'FCP'))
-- metric good_fcp @ vitals
countIf(metric = 'FCP' AND value <= 1800)
-- metric poor_fcp @ vitals
countIf(metric = 'FCP' AND value > 3000)
-- metric samples_ttfb @ vitals
countIf(metric = 'TTFB')
-- metric p75_ttfb @ vitals
if(countIf(metric = 'TTFB') = 0, NULL, quantileExactWeightedIf(0.75)(value, 1, metric = 'TTFB'))
-- metric good_ttfb @ vitals
countIf(metric = 'TTFB' AND value <= 800)
-- metric poor_ttfb @ vitals
countIf(metric = 'TTFB' AND value > 1800)

-- dimension time:minute @ orders
roundDown(toUnixTimestamp64Milli(placed_at), {buckets:Array(Int64)})
-- dimension time:hour @ orders
roundDown(toUnixTimestamp64Milli(placed_at), {buckets:Array(Int64)})
-- dimension time:day @ orders
roundDown(toUnixTimestamp64Milli(placed_at), {buckets:Array(Int64)})
-- dimension time:week @ orders
roundDown(toUnixTimestamp64Milli(placed_at), {buckets:Array(Int64)})
-- dimension time:month @ orders
roundDown(toUnixTimestamp64Milli(placed_at), {buckets:Array(Int64)})
-- dimension source @ orders
multiIf(known = 0, '(unknown)', source = '' OR (medium = 'referral' AND referrer_host IN {gateways:Array(String)}), '(direct)', source)
-- dimension medium @ orders
multiIf(known = 0, '(unknown)', medium = '' OR (medium = 'referral' AND referrer_host IN {gateways:Array(String)}), '(none)', medium)
-- dimension referrer @ orders
if(medium = 'referral' AND referrer_host IN {gateways:Array(String)}, '', referrer_host)
-- dimension campaign @ orders
campaign
-- dimension channel @ orders
if(known = 0, 'Unknown', transform(concatWithSeparator('\x1f', source, medium, campaign, click_id, referrer_host), {origins:Array(String)}, {channels:Array(String)}, 'Unassigned'))
-- dimension entry_page @ orders
landing_page
-- dimension country @ orders
country
-- dimension device_type @ orders
device_type
-- dimension browser @ orders
browser
-- dimension os @ orders
os
-- dimension currency @ orders
currency
-- dimension coupon @ orders
coupon
-- dimension payment_type @ orders
payment_type
-- dimension sales_channel @ orders
sales_channel
-- dimension customer_type @ orders
customer_type
-- metric orders @ orders
count()
-- metric gross_revenue @ orders
sum(base_total)
-- metric refunds @ orders
sum(base_refunded)
-- metric net_revenue @ orders
sum(base_total) - sum(base_refunded)
-- metric net_ex_tax @ orders
sum(base_total) - sum(base_refunded) - sum(base_tax) + sum(base_refunded_tax)
-- metric product_revenue @ orders
sum(base_product_revenue)
-- metric tax @ orders
sum(base_tax)
-- metric shipping @ orders
sum(base_shipping)
-- metric discount @ orders
sum(base_discount)
-- metric aov @ orders
if(sum(has_base) = 0, NULL, CAST(sum(base_total), 'Decimal(38, 10)') / sum(has_base))

-- operator is
/*dimension*/ IN {$:Array(String)}
-- operator contains
multiSearchAny(toString(/*dimension*/), {$:Array(String)})
-- operator matches
match(toString(/*dimension*/), {$:String})
