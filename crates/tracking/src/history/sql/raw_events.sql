-- Raw events as their owner, or the person they are of, takes them away: ids as 16 hex digits (a page view's, one of its session's, as 8), times in ISO 8601 UTC.
-- A person's are also those of a visit that became theirs while it lasted.
SELECT
    id,
    name,
    formatDateTime(ts, '%Y-%m-%dT%H:%i:%S.%fZ', 'UTC') AS ts,
    formatDateTime(received_at, '%Y-%m-%dT%H:%i:%S.%fZ', 'UTC') AS received_at,
    identity,
    lower(leftPad(hex(visitor), 16, '0')) AS visitor,
    lower(leftPad(hex(session), 16, '0')) AS session,
    lower(leftPad(hex(page_view), 8, '0')) AS page_view,
    seq,
    hostname,
    path AS page,
    url,
    referrer,
    title,
    tz,
    lang,
    viewport_width,
    viewport_height,
    bitTest(consent, 0) AS consent_analytics,
    bitTest(consent, 1) AS consent_marketing,
    bitTest(consent, 2) AS consent_personalization,
    staging,
    country,
    region,
    city,
    country_source,
    device_type,
    browser,
    browser_version,
    os,
    os_version,
    brand,
    model,
    bot,
    touch,
    source,
    medium,
    campaign,
    term,
    content,
    click_id,
    referrer_host,
    engaged_ms,
    scroll_pct,
    toString(value) AS value,
    currency,
    items.item_id,
    items.item_name,
    items.item_brand,
    items.item_category,
    items.item_variant,
    arrayMap(price -> toString(price), items.price) AS `items.price`,
    items.quantity,
    props,
    facts
FROM events
WHERE events.site = {site:UInt32}
  AND events.ts >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND events.ts < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
  AND ({everyone:UInt8} OR events.visitor IN ({visitors:Array(UInt64)}) OR events.session IN (
      SELECT session FROM sessions WHERE site = {site:UInt32} AND visitor IN ({visitors:Array(UInt64)})
  ))
ORDER BY log, lsn
SETTINGS output_format_json_escape_forward_slashes = 0
