-- Orders of a person stay, in every version that the files hold, as orders of nobody.
ALTER TABLE ecommerce_orders UPDATE visitor = 0, session = 0
WHERE site = {site:UInt32}
  AND (visitor IN ({visitors:Array(UInt64)}) OR session IN (
      SELECT session FROM sessions WHERE site = {site:UInt32} AND visitor IN ({visitors:Array(UInt64)})
  ))
SETTINGS mutations_sync = 2
