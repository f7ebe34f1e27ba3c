-- What a shop tells of its visitors. Every value is sealed with the key of the visitor it is of.
CREATE TABLE IF NOT EXISTS people_fields (
    site BIGINT NOT NULL,
    visitor BYTEA NOT NULL,
    -- email, phone, …
    field TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    -- The blind index of those fields somebody is found by.
    blind BYTEA,
    -- When it was told last, Unix milliseconds.
    at BIGINT NOT NULL,
    PRIMARY KEY (site, visitor, field)
);
CREATE INDEX IF NOT EXISTS people_fields_by_blind ON people_fields (site, field, blind);
-- Which visitors are one customer of the shop, as the shop has proved. A visitor is of one customer at most.
CREATE TABLE IF NOT EXISTS people_joins (
    site BIGINT NOT NULL,
    visitor BYTEA NOT NULL,
    -- The blind index of the customer's id.
    customer BYTEA NOT NULL,
    -- When it was proved last, Unix milliseconds.
    at BIGINT NOT NULL,
    PRIMARY KEY (site, visitor)
);
CREATE INDEX IF NOT EXISTS people_joins_by_customer ON people_joins (site, customer);
