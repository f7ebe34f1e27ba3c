-- Numbers of what is stored.
SELECT
    (SELECT count() FROM events) AS events,
    (SELECT count() FROM guestbook_signatures) AS signatures,
    (SELECT count() FROM sessions FINAL) AS sessions,
    (SELECT sum(views) FROM page_day) AS views
