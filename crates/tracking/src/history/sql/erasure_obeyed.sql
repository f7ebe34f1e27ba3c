INSERT INTO history_erasures (erasure, at) SELECT {erasure:UInt64}, fromUnixTimestamp64Milli({at:Int64}, 'UTC')
