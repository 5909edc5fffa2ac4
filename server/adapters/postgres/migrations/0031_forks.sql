-- What-if forks: a board as it is, and over it what somebody tries. Only the differences are stored, so that a fork goes
-- on receiving everything that happens on its board.

CREATE TABLE fork (
  company_id text NOT NULL,
  id text NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  board_id text NOT NULL,
  name text NOT NULL,
  status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'merged', 'discarded')),
  -- Technicians who are away in this fork only: [{technicianId, from, to}]
  absences jsonb NOT NULL DEFAULT '[]',
  -- Members of the board's policy that differ in this fork.
  policy jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text,
  creator_name text NOT NULL DEFAULT '',
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, board_id) REFERENCES board (company_id, id) ON DELETE CASCADE
);
CREATE INDEX fork_open ON fork (company_id, board_id) WHERE status = 'open';

CREATE TABLE fork_activity (
  company_id text NOT NULL,
  fork_id text NOT NULL,
  activity_id text NOT NULL,
  -- The version of the board's own record that the change was made on.
  live_version bigint NOT NULL,
  version bigint NOT NULL,
  -- The members of the activity that differ.
  body jsonb NOT NULL,
  PRIMARY KEY (company_id, fork_id, activity_id),
  FOREIGN KEY (company_id, fork_id) REFERENCES fork (company_id, id) ON DELETE CASCADE
);

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['fork', 'fork_activity'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY company_wall ON %I TO {{app}}
      USING (company_id = nullif(current_setting(''app.company'', true), ''''))
      WITH CHECK (company_id = nullif(current_setting(''app.company'', true), ''''))', t);
    EXECUTE format('CREATE POLICY owner_sees_all ON %I TO {{owner}} USING (true) WITH CHECK (true)', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO {{app}}', t);
  END LOOP;
END $$;

-- A run may plan a fork instead of its board; each has at most one open run of a kind.
ALTER TABLE optimisation ADD COLUMN fork_id text;
ALTER TABLE proposal ADD COLUMN fork_id text;
DROP INDEX optimisation_one_open;
CREATE UNIQUE INDEX optimisation_one_open ON optimisation (company_id, board_id, kind, coalesce(fork_id, ''))
  WHERE status IN ('queued', 'running');
