SELECT number, hash FROM consent_chains WHERE site = $1
