-- All signatures.
SELECT sum(signatures) AS signatures
FROM guestbook_mood
WHERE site = {site:UInt32}
