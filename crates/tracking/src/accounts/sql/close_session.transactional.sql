INSERT INTO closed_sessions (session, forget_at) VALUES ($1, $2) ON CONFLICT (session) DO NOTHING
