-- Makes the history apply a migration once more.
DELETE FROM ut_migrations
WHERE number = {number:UInt32}
SETTINGS lightweight_deletes_sync = 2
