-- How many rows a table has of a site, also those that are only hidden.
SELECT count() FROM {table:Identifier} WHERE site = {site:UInt32} SETTINGS apply_deleted_mask = 0
