CREATE TABLE counter (value BIGINT NOT NULL);
INSERT INTO counter (value) VALUES (0);
