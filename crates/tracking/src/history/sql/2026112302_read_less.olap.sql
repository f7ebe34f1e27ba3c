-- Every question reads the times of the events it may be about: unpacked from T64 they take half as long as from differences
-- (70 instead of 136 ms for 6.7 million events) and 0.7 bytes more each. Rows are packed so when they are merged next.
ALTER TABLE events MODIFY COLUMN ts DateTime64(3, 'UTC') CODEC(T64, ZSTD(1));

-- A session is `upgraded` if its visitor became known by a cookie, or by another one, while it lasted: only its events may
-- say another visitor than itself, and few sessions are. Of rows that are older than this column, all that may be.
ALTER TABLE sessions ADD COLUMN IF NOT EXISTS upgraded UInt8 DEFAULT identity != 'cookieless' CODEC(ZSTD(1)) AFTER identity;
