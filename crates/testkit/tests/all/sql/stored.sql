-- Numbers of what is stored; every vital is a row of its own, however often it was written.
SELECT
    (SELECT count() FROM events) + (SELECT count() FROM performance_vitals FINAL) AS events,
    (SELECT count() FROM guestbook_signatures) AS signatures,
    (SELECT count() FROM sessions FINAL) AS sessions,
    (SELECT sum(views) FROM page_day) AS views
