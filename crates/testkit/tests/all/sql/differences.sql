-- What does not agree with the events: rows stored twice, sessions and sums that are not theirs. Every figure must be 0.
SELECT
    (SELECT count() - uniqExact(log, lsn) FROM events) AS events_twice,
    (SELECT count() - uniqExact(log, lsn) FROM guestbook_signatures) AS signatures_twice,
    (
        SELECT count()
        FROM
        (
            SELECT site, session, visitor, page_views, events, first_event_at, last_event_at
            FROM
            (
                SELECT site, session, visitor, page_views, events, first_event_at, last_event_at
                FROM sessions FINAL
                UNION ALL
                SELECT site, session, any(visitor), countIf(name = 'page_view'), count(), min(ts), max(ts)
                FROM events
                WHERE session != 0
                GROUP BY site, session
            )
            GROUP BY site, session, visitor, page_views, events, first_event_at, last_event_at
            HAVING count() != 2
        )
    ) AS sessions,
    (
        SELECT count()
        FROM
        (
            SELECT site, day, hostname, path, log
            FROM
            (
                SELECT site, day, hostname, path, log, toInt64(views) AS views, toInt64(events) AS count
                FROM page_day
                UNION ALL
                SELECT site, toDate32(toTimeZone(ts, 'Europe/Berlin')), hostname, path, log, -toInt64(name = 'page_view'), -1
                FROM events
            )
            GROUP BY site, day, hostname, path, log
            HAVING sum(views) != 0 OR sum(count) != 0
        )
    ) AS page_days,
    (
        SELECT count()
        FROM
        (
            SELECT site, day, mood, log
            FROM
            (
                SELECT site, day, mood, log, toInt64(signatures) AS signatures
                FROM guestbook_mood
                UNION ALL
                SELECT site, toDate32(toTimeZone(ts, 'Europe/Berlin')), mood, log, -1
                FROM guestbook_signatures
            )
            GROUP BY site, day, mood, log
            HAVING sum(signatures) != 0
        )
    ) AS moods
