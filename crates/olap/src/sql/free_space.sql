-- Bytes of the disk that are free.
SELECT unreserved_space
FROM system.disks
WHERE name = 'default'
