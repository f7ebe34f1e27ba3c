SELECT erasure, toUnixTimestamp64Milli(max(at))
FROM history_erasures
GROUP BY erasure
