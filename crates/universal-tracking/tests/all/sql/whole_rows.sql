SELECT *
FROM {table:Identifier}
SETTINGS asterisk_include_alias_columns = 1, asterisk_include_materialized_columns = 1
