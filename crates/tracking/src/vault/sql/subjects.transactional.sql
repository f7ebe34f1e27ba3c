SELECT subject FROM vault_keys WHERE site = $1
