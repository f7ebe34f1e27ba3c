-- Writes the partition anew without the site's rows from before a day: a lightweight DELETE would only hide them.
ALTER TABLE {table:Identifier}
DELETE IN PARTITION ID {partition:String}
WHERE site = {site:UInt32} AND {column:Identifier} < toDate32({before_day:Int32})
SETTINGS mutations_sync = 2
