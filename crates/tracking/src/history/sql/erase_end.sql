ALTER TABLE {table:Identifier} RESET SETTING min_rows_to_fsync_after_merge, old_parts_lifetime
