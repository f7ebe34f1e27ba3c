-- The number of the newest insert into the events of November 2026.
SELECT max(max_block_number)
FROM system.parts
WHERE database = currentDatabase() AND table = 'events' AND partition = '202611' AND active
