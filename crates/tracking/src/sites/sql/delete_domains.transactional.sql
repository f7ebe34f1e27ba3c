DELETE FROM site_domains WHERE site = $1
