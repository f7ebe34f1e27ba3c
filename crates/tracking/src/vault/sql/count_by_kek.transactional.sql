SELECT kek, COUNT(*) FROM vault_keys GROUP BY kek ORDER BY kek
