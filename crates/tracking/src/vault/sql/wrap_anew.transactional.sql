UPDATE vault_keys SET kek = $3, wrapped = $4 WHERE handle = $1 AND kek = $2
