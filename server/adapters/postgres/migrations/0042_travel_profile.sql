-- How a technician travels; null goes by the board's policy.
ALTER TABLE technician ADD COLUMN travel_profile text CHECK (travel_profile IN ('car', 'bike', 'foot'));
