-- Takes the visits of a person out of the files; after their events, which are found by them.
ALTER TABLE sessions DELETE
WHERE site = {site:UInt32} AND visitor IN ({visitors:Array(UInt64)})
SETTINGS mutations_sync = 2
