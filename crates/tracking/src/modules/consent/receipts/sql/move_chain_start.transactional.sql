INSERT INTO consent_chain_starts (site, number, hash) VALUES ($1, $2, $3)
ON CONFLICT (site) DO UPDATE SET number = excluded.number, hash = excluded.hash
