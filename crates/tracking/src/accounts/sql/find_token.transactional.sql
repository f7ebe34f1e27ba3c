SELECT id, hint, site, scope, created_at FROM api_tokens WHERE hash = $1
