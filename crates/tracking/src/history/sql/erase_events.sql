-- Takes the events of a person out of the files, once they are copied under the veil.
ALTER TABLE events DELETE
WHERE site = {site:UInt32}
  AND (visitor IN ({visitors:Array(UInt64)}) OR session IN (
      SELECT session FROM sessions WHERE site = {site:UInt32} AND visitor IN ({visitors:Array(UInt64)})
  ))
SETTINGS mutations_sync = 2
