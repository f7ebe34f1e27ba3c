-- Writes the partition anew without the site's rows from before an instant: a lightweight DELETE would only hide them.
ALTER TABLE {table:Identifier}
DELETE IN PARTITION ID {partition:String}
WHERE site = {site:UInt32} AND {column:Identifier} < fromUnixTimestamp64Milli({before:Int64}, 'UTC')
SETTINGS mutations_sync = 2
