-- Which erasures these stores have carried out, each together with the log it was taken out of. Stores that were put back
-- from an older copy do not know the later ones.
CREATE TABLE IF NOT EXISTS rights_obeyed (
    erasure BIGINT NOT NULL,
    log TEXT NOT NULL,
    -- Unix milliseconds.
    at BIGINT NOT NULL,
    PRIMARY KEY (erasure, log)
);
-- The veils of erasures that are under way. One that is interrupted goes on with the same; at its end it is destroyed.
CREATE TABLE IF NOT EXISTS rights_veils (
    erasure BIGINT PRIMARY KEY,
    veil BYTEA NOT NULL
);
