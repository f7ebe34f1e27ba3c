-- How much there is of a person: events, visits, the first and the last of them in Unix milliseconds.
SELECT
    count(),
    uniqExactIf(session, session != 0),
    toUnixTimestamp64Milli(min(ts)),
    toUnixTimestamp64Milli(max(ts))
FROM events
WHERE site = {site:UInt32}
  AND (visitor IN ({visitors:Array(UInt64)}) OR session IN (
      SELECT session FROM sessions WHERE site = {site:UInt32} AND visitor IN ({visitors:Array(UInt64)})
  ))
