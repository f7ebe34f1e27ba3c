DELETE FROM integrations WHERE site = $1 AND provider = $2
