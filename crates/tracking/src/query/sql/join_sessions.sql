-- What an event does not say of its session. A session is at most a day long.
LEFT ANY JOIN
(
    SELECT session AS of_session, visitor AS session_visitor/*columns*/
    FROM sessions FINAL
    WHERE site = {site:UInt32}
      AND started_at >= fromUnixTimestamp64Milli({from:Int64} - 86400000, 'UTC')
      AND started_at <= fromUnixTimestamp64Milli({to:Int64} + 86400000, 'UTC')
      /*only*/
) AS joined ON events.session = joined.of_session
