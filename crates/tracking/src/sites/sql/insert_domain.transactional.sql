INSERT INTO site_domains (domain, site, position)
SELECT $1, id, $2 FROM sites WHERE site_key = $3
