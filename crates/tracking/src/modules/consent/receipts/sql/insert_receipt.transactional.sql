INSERT INTO consent_receipts
    (site, number, id, at, axes, source, policy_version, region, sealed, prev_hash, hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
