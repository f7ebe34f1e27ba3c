INSERT INTO ut_migrations (number, name, applied_at)
SELECT {number:UInt32}, {name:String}, fromUnixTimestamp64Milli({at:Int64}, 'UTC')
