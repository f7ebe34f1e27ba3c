-- The parts queries are made of: `-- metric NAME @ SCOPE` or `-- dimension NAME @ SCOPE`, then the expression.
-- A scope is the table it is computed from. Definitions: docs/definitions.md.

-- dimension time:day @ page_day
formatDateTime(day, '%Y-%m-%d')
-- dimension time:week @ page_day
formatDateTime(dateTrunc('week', day), '%Y-%m-%d')
-- dimension time:month @ page_day
formatDateTime(dateTrunc('month', day), '%Y-%m-%d')
-- dimension page @ page_day
path
-- dimension hostname @ page_day
hostname
-- metric page_views @ page_day
sum(views)

-- dimension time:minute @ sessions
formatDateTime(dateTrunc('minute', toTimeZone(started_at, {tz:String})), '%Y-%m-%dT%H:%i')
-- dimension time:hour @ sessions
formatDateTime(dateTrunc('hour', toTimeZone(started_at, {tz:String})), '%Y-%m-%dT%H:%i')
-- dimension time:day @ sessions
formatDateTime(dateTrunc('day', toTimeZone(started_at, {tz:String})), '%Y-%m-%d')
-- dimension time:week @ sessions
formatDateTime(dateTrunc('week', toTimeZone(started_at, {tz:String})), '%Y-%m-%d')
-- dimension time:month @ sessions
formatDateTime(dateTrunc('month', toTimeZone(started_at, {tz:String})), '%Y-%m-%d')
-- dimension entry_page @ sessions
entry_page
-- dimension exit_page @ sessions
exit_page
-- dimension identity @ sessions
identity
-- metric visitors @ sessions
uniqExact(visitor)
-- metric sessions @ sessions
count()
-- metric views_per_session @ sessions
if(count() = 0, 0, sum(page_views) / count())
-- metric bounce_rate @ sessions
if(count() = 0, 0, countIf(engaged = 0) / count())
-- metric session_duration_s @ sessions
if(count() = 0, 0, sum(dateDiff('millisecond', first_event_at, last_event_at)) / 1000 / count())

-- dimension time:minute @ events
formatDateTime(dateTrunc('minute', toTimeZone(ts, {tz:String})), '%Y-%m-%dT%H:%i')
-- dimension time:hour @ events
formatDateTime(dateTrunc('hour', toTimeZone(ts, {tz:String})), '%Y-%m-%dT%H:%i')
-- dimension time:day @ events
formatDateTime(dateTrunc('day', toTimeZone(ts, {tz:String})), '%Y-%m-%d')
-- dimension time:week @ events
formatDateTime(dateTrunc('week', toTimeZone(ts, {tz:String})), '%Y-%m-%d')
-- dimension time:month @ events
formatDateTime(dateTrunc('month', toTimeZone(ts, {tz:String})), '%Y-%m-%d')
-- dimension page @ events
path
-- dimension hostname @ events
hostname
-- dimension title @ events
title
-- dimension event @ events
name
-- dimension language @ events
lang
-- dimension identity @ events
identity
-- metric visitors @ events
uniqExactIf(visitor, visitor != 0)
-- metric sessions @ events
uniqExactIf(session, session != 0)
-- metric page_views @ events
countIf(name = 'page_view')
-- metric events @ events
count()
