-- page_day has a new sum, the number of events: sums of days gone by are made anew, as when a zone has changed.
UPDATE sites SET summed_in = COALESCE(summed_in, time_zone)
