INSERT INTO rights_veils (erasure, veil) VALUES ($1, $2) ON CONFLICT DO NOTHING
