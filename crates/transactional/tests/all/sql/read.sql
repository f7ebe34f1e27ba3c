SELECT value FROM counter
