-- Signatures by mood.
SELECT mood, sum(signatures) AS signatures
FROM guestbook_mood
WHERE site = {site:UInt32}
GROUP BY mood
ORDER BY signatures DESC, mood ASC
LIMIT {limit:UInt64} OFFSET {offset:UInt64}
