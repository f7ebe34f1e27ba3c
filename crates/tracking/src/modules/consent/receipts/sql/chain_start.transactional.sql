SELECT number, hash FROM consent_chain_starts WHERE site = $1
