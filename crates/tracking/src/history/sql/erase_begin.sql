-- Files that were replaced usually stay for eight minutes, in case those in their place did not reach the disk. Now those are
-- synced, and the old ones go at once.
ALTER TABLE {table:Identifier} MODIFY SETTING min_rows_to_fsync_after_merge = 1, old_parts_lifetime = 1
