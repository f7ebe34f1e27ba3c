-- The events of a person once more, without what says who it was: ids under the veil, nothing the shop's page wrote freely,
-- no city. What reports count stays. Events that have been copied are not copied again: `log` and `lsn` name an event.
INSERT INTO events
SELECT * REPLACE (
    sipHash64Keyed(({veil_0:UInt64}, {veil_1:UInt64}), events.id_low) AS id_low,
    toUInt16(bitAnd(sipHash64Keyed(({veil_0:UInt64}, {veil_1:UInt64}), (events.id_low, events.id_high)), 0xffff)) AS id_high,
    sipHash64Keyed(({veil_0:UInt64}, {veil_1:UInt64}), events.visitor) AS visitor,
    if(events.session = 0, 0, sipHash64Keyed(({veil_0:UInt64}, {veil_1:UInt64}), events.session)) AS session,
    if(events.page_view = 0, 0, toUInt32(bitAnd(
        sipHash64Keyed(({veil_0:UInt64}, {veil_1:UInt64}), (events.session, events.page_view)), 0xffffffff))) AS page_view,
    '' AS url_end,
    '' AS city,
    0 AS viewport_width,
    0 AS viewport_height,
    arrayMap(item -> CAST(map(), 'Map(String, String)'), items.props) AS `items.props`,
    CAST(map(), 'Map(LowCardinality(String), String)') AS props,
    CAST(map(), 'Map(LowCardinality(String), String)') AS facts
)
FROM events
WHERE events.site = {site:UInt32}
  AND (events.visitor IN ({visitors:Array(UInt64)}) OR events.session IN (
      SELECT session FROM sessions WHERE site = {site:UInt32} AND visitor IN ({visitors:Array(UInt64)})
  ))
  AND (events.log, events.lsn) NOT IN (
      SELECT log, lsn
      FROM events
      WHERE site = {site:UInt32} AND visitor IN (
          SELECT sipHash64Keyed(({veil_0:UInt64}, {veil_1:UInt64}), visitor)
          FROM events
          WHERE site = {site:UInt32}
            AND (visitor IN ({visitors:Array(UInt64)}) OR session IN (
                SELECT session FROM sessions WHERE site = {site:UInt32} AND visitor IN ({visitors:Array(UInt64)})
            ))
      )
  )
