-- The part of a query that is answered by page_day; the places in comments are filled from fragments.sql.
SELECT /*columns*/
FROM page_day
WHERE site = {site:UInt32}
  AND day >= toDate32({from_day:Int32})
  AND day <= toDate32({to_day:Int32})
  /*where*/
/*group*/
