-- Each policy that a board has had, with who set it and when: planning runs name the version they went by. And the log of a
-- board may speak of the board itself, so that a changed policy reaches everybody who watches.

ALTER TABLE board ADD COLUMN policy_version bigint NOT NULL DEFAULT 1;

CREATE TABLE board_policy (
  company_id text NOT NULL,
  board_id text NOT NULL,
  version bigint NOT NULL,
  policy jsonb NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT now(),
  -- Null: the system's own hand, or before anybody kept count.
  changed_by_id text,
  changed_by_name text,
  PRIMARY KEY (company_id, board_id, version),
  FOREIGN KEY (company_id, board_id) REFERENCES board (company_id, id) ON DELETE CASCADE
);
ALTER TABLE board_policy ENABLE ROW LEVEL SECURITY;
ALTER TABLE board_policy FORCE ROW LEVEL SECURITY;
CREATE POLICY company_wall ON board_policy TO {{app}}
  USING (company_id = nullif(current_setting('app.company', true), ''))
  WITH CHECK (company_id = nullif(current_setting('app.company', true), ''));
CREATE POLICY owner_sees_all ON board_policy TO {{owner}} USING (true) WITH CHECK (true);
-- A policy that was in force is never unsaid.
GRANT SELECT, INSERT ON board_policy TO {{app}};

INSERT INTO board_policy (company_id, board_id, version, policy) SELECT company_id, id, 1, policy FROM board;

ALTER TABLE board_event DROP CONSTRAINT board_event_entity_check;
ALTER TABLE board_event ADD CONSTRAINT board_event_entity_check
  CHECK (entity IN ('activity', 'technician', 'order', 'board'));
