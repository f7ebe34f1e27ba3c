SELECT id, hint, site, scope, created_at FROM api_tokens ORDER BY created_at, id
