SELECT DISTINCT erasure FROM history_erasures
