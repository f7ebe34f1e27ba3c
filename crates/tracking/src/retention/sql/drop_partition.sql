-- Takes a partition away in which there is nothing to keep.
ALTER TABLE {table:Identifier} DROP PARTITION ID {partition:String}
