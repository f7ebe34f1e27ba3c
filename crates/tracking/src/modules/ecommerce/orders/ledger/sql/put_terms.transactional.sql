INSERT INTO ecommerce_terms (site, terms) VALUES ($1, $2)
ON CONFLICT (site) DO UPDATE SET terms = excluded.terms
