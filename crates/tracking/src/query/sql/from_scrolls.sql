-- The part of a query that is answered by page views with the depth they were scrolled to, those that told one; a key tells
-- a page view from the others of its session. The places in comments are filled from fragments.sql.
SELECT /*columns*/
FROM
(
    SELECT /*keys*/ session, page_view, max(scroll_pct) AS deepest
    FROM events
    /*join*/
    WHERE site = {site:UInt32}
      AND ts >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
      AND ts < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
      AND page_view != 0
      AND scroll_pct > 0
      /*where*/
    GROUP BY ALL
) AS scrolls
/*group*/
