-- What was measured of a person's pages.
SELECT
    formatDateTime(ts, '%Y-%m-%dT%H:%i:%S.%fZ', 'UTC') AS ts,
    metric,
    value,
    hostname,
    path AS page,
    country,
    device_type,
    browser,
    os,
    navigation_type,
    bot,
    staging,
    lower(leftPad(hex(visitor), 16, '0')) AS visitor,
    lower(leftPad(hex(session), 16, '0')) AS session,
    attribution
FROM performance_vitals FINAL
WHERE performance_vitals.site = {site:UInt32}
  AND (performance_vitals.visitor IN ({visitors:Array(UInt64)}) OR performance_vitals.session IN (
      SELECT session FROM sessions WHERE site = {site:UInt32} AND visitor IN ({visitors:Array(UInt64)})
  ))
ORDER BY performance_vitals.ts
SETTINGS output_format_json_escape_forward_slashes = 0
