-- Which events of a torn batch are stored already.
SELECT lsn
FROM {table:Identifier}
WHERE log = {log:UInt16}
  AND lsn >= {first:UInt64}
  AND lsn < {end:UInt64}
  AND ts >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND ts <= fromUnixTimestamp64Milli({to:Int64}, 'UTC')
