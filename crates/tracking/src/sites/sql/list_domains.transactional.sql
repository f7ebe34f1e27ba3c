SELECT site, domain FROM site_domains ORDER BY site, position
