-- Whatever is measured, it is not the merging of what was there before.
TRUNCATE TABLE events;
DROP TABLE bench_slice SYNC;
SYSTEM STOP MERGES events;
