-- The last receipt that goes: all before it are too old as well, so that the chain loses nothing but its beginning.
SELECT number, hash FROM consent_receipts
WHERE site = $1 AND number < COALESCE(
    (SELECT MIN(number) FROM consent_receipts WHERE site = $1 AND at >= $2),
    9223372036854775807
)
ORDER BY number DESC LIMIT 1
