-- The rows follow as one block in Native.
INSERT INTO {table} ({columns})
