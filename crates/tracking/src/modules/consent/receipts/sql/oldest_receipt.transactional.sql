SELECT MIN(at) FROM consent_receipts WHERE site = $1
