SELECT site, number, id, at, axes, source, policy_version, region, sealed, prev_hash, hash
FROM consent_receipts WHERE site = $1 AND substr(sealed, 1, 18) = $2 ORDER BY number
