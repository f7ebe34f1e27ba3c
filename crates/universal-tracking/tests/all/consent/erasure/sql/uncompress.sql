ALTER TABLE {table:Identifier} MODIFY COLUMN {column:Identifier} CODEC(NONE)
