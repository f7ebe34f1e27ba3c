-- As it is when nothing has come for a while: all merged.
DROP TABLE IF EXISTS bench_slice SYNC;
OPTIMIZE TABLE events FINAL;
OPTIMIZE TABLE sessions FINAL;
OPTIMIZE TABLE page_day FINAL;
