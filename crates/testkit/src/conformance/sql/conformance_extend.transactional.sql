ALTER TABLE conformance ADD COLUMN note TEXT;
