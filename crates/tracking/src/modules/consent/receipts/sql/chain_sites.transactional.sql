SELECT site FROM consent_receipts UNION SELECT site FROM consent_chains ORDER BY site
