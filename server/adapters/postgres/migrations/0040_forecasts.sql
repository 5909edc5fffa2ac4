-- What finished work teaches: per company and kind of work, how many there were, and the sum and the sum of squares of
-- the logarithms of how they went. Learned from the log after the fact, never in the command that finishes work: one row
-- per type would be the busiest lock of a company, and nobody needs the lesson within the second.

CREATE TABLE forecast_tally (
  company_id text NOT NULL REFERENCES company (id) ON DELETE CASCADE,
  -- work: length beside plan, by activity type ('' = none); travel: the same of the way, key '';
  -- start, dispatch: minutes from being asked for to being begun or sent, by 'board/priority'.
  subject text NOT NULL CHECK (subject IN ('work', 'travel', 'start', 'dispatch')),
  key text NOT NULL,
  -- Not an integer: old observations fade.
  count double precision NOT NULL CHECK (count >= 0),
  sum double precision NOT NULL,
  sum_squares double precision NOT NULL,
  PRIMARY KEY (company_id, subject, key)
);

-- Up to which number a board's log has been learned from. Written in the transaction that writes the tallies, so that
-- nothing counts twice.
CREATE TABLE learned (
  company_id text NOT NULL,
  board_id text NOT NULL,
  seq bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (company_id, board_id),
  FOREIGN KEY (company_id, board_id) REFERENCES board (company_id, id) ON DELETE CASCADE
);

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['forecast_tally', 'learned'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY company_wall ON %I TO {{app}}
      USING (company_id = nullif(current_setting(''app.company'', true), ''''))
      WITH CHECK (company_id = nullif(current_setting(''app.company'', true), ''''))', t);
    EXECUTE format('CREATE POLICY owner_sees_all ON %I TO {{owner}} USING (true) WITH CHECK (true)', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO {{app}}', t);
  END LOOP;
END $$;

-- Boards whose log has grown since it was last learned from. Only pointers leave the wall.
CREATE FUNCTION unlearned_boards() RETURNS TABLE (company_id text, board_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT b.company_id, b.id FROM board b
    LEFT JOIN learned l ON l.company_id = b.company_id AND l.board_id = b.id
    WHERE b.seq > coalesce(l.seq, 0)
    ORDER BY l.seq NULLS FIRST
    LIMIT 200
$$;
REVOKE ALL ON FUNCTION unlearned_boards() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION unlearned_boards() TO {{app}};
