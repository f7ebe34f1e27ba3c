-- The part of a query that is answered by events; the places in comments are filled from fragments.sql. Chosen before they
-- are joined: a filter on their sessions beside the join is asked after it, of all events.
SELECT /*columns*/
FROM
(
    SELECT *
    FROM events
    WHERE site = {site:UInt32}
      AND ts >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
      AND ts < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
      /*where*/
) AS events
/*join*/
/*group*/
