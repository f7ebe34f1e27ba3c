SELECT number FROM consent_receipts WHERE site = $1 AND number > $2 ORDER BY number LIMIT $3
