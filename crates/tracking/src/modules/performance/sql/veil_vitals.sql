-- The measurements stay, their ids go under the veil, and which element of the page they are about goes.
ALTER TABLE performance_vitals UPDATE
    visitor = sipHash64Keyed(({veil_0:UInt64}, {veil_1:UInt64}), visitor),
    session = if(session = 0, 0, sipHash64Keyed(({veil_0:UInt64}, {veil_1:UInt64}), session)),
    page_view = if(page_view = 0, 0, sipHash64Keyed(({veil_0:UInt64}, {veil_1:UInt64}), (session, page_view))),
    attribution = CAST(map(), 'Map(LowCardinality(String), String)')
WHERE site = {site:UInt32}
  AND (visitor IN ({visitors:Array(UInt64)}) OR session IN (
      SELECT session FROM sessions WHERE site = {site:UInt32} AND visitor IN ({visitors:Array(UInt64)})
  ))
SETTINGS mutations_sync = 2
