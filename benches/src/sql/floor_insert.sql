-- Takes rows by streaming.
INSERT INTO events
