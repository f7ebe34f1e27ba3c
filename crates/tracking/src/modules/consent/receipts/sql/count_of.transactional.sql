SELECT count(*) FROM consent_receipts WHERE site = $1 AND substr(sealed, 1, 18) = $2
