-- The ledger: of each order what was told of it, and nothing concluded.
CREATE TABLE IF NOT EXISTS ecommerce_orders (
    site BIGINT NOT NULL,
    order_id BIGINT NOT NULL,
    -- Counts its changes.
    version BIGINT NOT NULL,
    -- The version that history has.
    mirrored BIGINT NOT NULL,
    -- The visitor as history knows them, where consent lets them be known; else 0.
    visitor BIGINT NOT NULL,
    -- JSON; empty when the order is another one under another name.
    told TEXT NOT NULL,
    PRIMARY KEY (site, order_id)
);
CREATE INDEX IF NOT EXISTS ecommerce_orders_to_mirror ON ecommerce_orders (site, order_id) WHERE version > mirrored;
CREATE INDEX IF NOT EXISTS ecommerce_orders_by_visitor ON ecommerce_orders (site, visitor) WHERE visitor <> 0;
-- Its names. Numbers are used again: a name may be of several orders.
CREATE TABLE IF NOT EXISTS ecommerce_order_names (
    site BIGINT NOT NULL,
    name TEXT NOT NULL,
    order_id BIGINT NOT NULL,
    PRIMARY KEY (site, name, order_id)
);
CREATE INDEX IF NOT EXISTS ecommerce_order_names_by_order ON ecommerce_order_names (site, order_id);
-- By which settings of a site history's image of its orders was made.
CREATE TABLE IF NOT EXISTS ecommerce_terms (
    site BIGINT PRIMARY KEY,
    terms TEXT NOT NULL
);
-- How far a log's events are in the ledger.
CREATE TABLE IF NOT EXISTS ecommerce_places (
    log TEXT PRIMARY KEY,
    next BIGINT NOT NULL
);
