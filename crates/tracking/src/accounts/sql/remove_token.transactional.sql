DELETE FROM api_tokens WHERE id = $1 RETURNING id
