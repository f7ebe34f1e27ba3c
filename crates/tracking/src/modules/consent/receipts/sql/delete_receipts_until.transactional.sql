DELETE FROM consent_receipts WHERE site = $1 AND number <= $2
