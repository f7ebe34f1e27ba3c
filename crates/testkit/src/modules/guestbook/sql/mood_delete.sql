-- Deletes this log's sums of one site and local day.
DELETE FROM guestbook_mood
WHERE site = {site:UInt32} AND day = toDate32({day:Int32}) AND log = {log:UInt16}
SETTINGS lightweight_deletes_sync = 2
