-- The rows follow in RowBinary.
INSERT INTO {table} ({columns})
