-- Every placement of an activity, by a person or by the planner, keeps the explanation it was given: one row for each
-- version, not only for the last. How far a board's log has been explained is a row of its own, because the board's row
-- is the busiest there is.

ALTER TABLE explanation DROP CONSTRAINT explanation_pkey;
ALTER TABLE explanation ADD PRIMARY KEY (company_id, activity_id, activity_version);
-- The board's number as of which costs and alternatives were judged; null until they were.
ALTER TABLE explanation ADD COLUMN seq bigint;

CREATE TABLE explained (
  company_id text NOT NULL,
  board_id text NOT NULL,
  seq bigint NOT NULL DEFAULT 0,
  lease_until timestamptz,
  PRIMARY KEY (company_id, board_id),
  FOREIGN KEY (company_id, board_id) REFERENCES board (company_id, id) ON DELETE CASCADE
);
ALTER TABLE explained ENABLE ROW LEVEL SECURITY;
ALTER TABLE explained FORCE ROW LEVEL SECURITY;
CREATE POLICY company_wall ON explained TO {{app}}
  USING (company_id = nullif(current_setting('app.company', true), ''))
  WITH CHECK (company_id = nullif(current_setting('app.company', true), ''));
CREATE POLICY owner_sees_all ON explained TO {{owner}} USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON explained TO {{app}};

-- Boards whose log has grown since it was last explained, and that no process is explaining now. Only pointers leave the wall.
CREATE FUNCTION unexplained_boards() RETURNS TABLE (company_id text, board_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT b.company_id, b.id FROM board b
    LEFT JOIN explained e ON e.company_id = b.company_id AND e.board_id = b.id
    WHERE b.seq > coalesce(e.seq, 0) AND (e.lease_until IS NULL OR e.lease_until < now())
    LIMIT 100
$$;
REVOKE ALL ON FUNCTION unexplained_boards() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION unexplained_boards() TO {{app}};

-- Explanations leave with time, but for the last one of each activity.
CREATE FUNCTION forget_explanations() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DELETE FROM explanation old WHERE old.at < now() - interval '90 days' AND EXISTS (
    SELECT 1 FROM explanation newer WHERE newer.company_id = old.company_id AND newer.activity_id = old.activity_id
      AND newer.activity_version > old.activity_version)
$$;
REVOKE ALL ON FUNCTION forget_explanations() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_explanations() TO {{app}};
