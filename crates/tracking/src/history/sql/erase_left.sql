-- How many files that were replaced before that second was over are still there.
SELECT count()
FROM system.parts
WHERE database = currentDatabase() AND NOT active AND toUnixTimestamp(remove_time) <= {at:Int64}
