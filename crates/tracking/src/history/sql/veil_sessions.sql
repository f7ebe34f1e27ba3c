-- The visits of a person once more, under the veil. Written again, a row takes its own place.
INSERT INTO sessions
SELECT * REPLACE (
    sipHash64Keyed(({veil_0:UInt64}, {veil_1:UInt64}), sessions.session) AS session,
    sipHash64Keyed(({veil_0:UInt64}, {veil_1:UInt64}), sessions.visitor) AS visitor,
    '' AS city
)
FROM sessions
WHERE sessions.site = {site:UInt32} AND sessions.visitor IN ({visitors:Array(UInt64)})
