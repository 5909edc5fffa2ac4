-- The foundation: tenants and people, master data, orders and their clocks, activities, the numbered log, and the
-- tables through which effects leave the database.
--
-- Every key and every foreign key carries company_id, because foreign-key checks ignore row-level security and a
-- single-column key would let one company point at another's row. Ids are sortable text made by the application.

CREATE EXTENSION IF NOT EXISTS btree_gist;

-- ---------------------------------------------------------------- companies and people

CREATE TABLE company (
  id text PRIMARY KEY,
  code text NOT NULL,
  name text NOT NULL,
  time_zone text NOT NULL DEFAULT 'UTC',
  parameters jsonb NOT NULL DEFAULT '{}',
  version bigint NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX company_code ON company (lower(code));

CREATE TABLE number_sequence (
  company_id text NOT NULL REFERENCES company (id),
  name text NOT NULL,
  next_value bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (company_id, name)
);

CREATE TABLE calendar (
  company_id text NOT NULL REFERENCES company (id),
  id text NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  code text NOT NULL,
  name text NOT NULL,
  time_zone text NOT NULL,
  base_calendar_id text,
  standard_work_day_hours numeric NOT NULL DEFAULT 8,
  week jsonb NOT NULL,
  exceptions jsonb NOT NULL DEFAULT '[]',
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, base_calendar_id) REFERENCES calendar (company_id, id)
);
CREATE UNIQUE INDEX calendar_code ON calendar (company_id, lower(code));

CREATE TABLE sla (
  company_id text NOT NULL REFERENCES company (id),
  id text NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  code text NOT NULL,
  description text NOT NULL DEFAULT '',
  days integer NOT NULL DEFAULT 0,
  hours integer NOT NULL DEFAULT 0,
  minutes integer NOT NULL DEFAULT 0,
  respond jsonb,
  arrive jsonb,
  calendar_id text,
  clock_mode text NOT NULL CHECK (clock_mode IN ('wall', 'working', 'days')),
  start_alignment text NOT NULL CHECK (start_alignment IN ('none', 'open', 'after-hours')),
  suspended boolean NOT NULL DEFAULT false,
  CHECK (days >= 0 AND hours >= 0 AND minutes >= 0 AND days + hours + minutes > 0),
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, calendar_id) REFERENCES calendar (company_id, id)
);
CREATE UNIQUE INDEX sla_code ON sla (company_id, lower(code));

CREATE TABLE board (
  company_id text NOT NULL REFERENCES company (id),
  id text NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  name text NOT NULL,
  time_zone text NOT NULL DEFAULT 'UTC',
  policy jsonb NOT NULL DEFAULT '{}',
  epoch uuid NOT NULL DEFAULT gen_random_uuid(),
  -- The head of the board's log. Gap-free, because it is advanced as the last lock of the transaction that writes.
  seq bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (company_id, id),
  UNIQUE (id)
) WITH (fillfactor = 50);
CREATE UNIQUE INDEX board_name ON board (company_id, lower(name));

CREATE TABLE team (
  company_id text NOT NULL REFERENCES company (id),
  id text NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  code text NOT NULL,
  description text NOT NULL DEFAULT '',
  board_id text,
  owner_technician_id text,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, board_id) REFERENCES board (company_id, id)
);
CREATE UNIQUE INDEX team_code ON team (company_id, lower(code));

CREATE TABLE technician (
  company_id text NOT NULL REFERENCES company (id),
  id text NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  code text,
  name text NOT NULL,
  kind text NOT NULL DEFAULT 'employee' CHECK (kind IN ('employee', 'contractor')),
  active boolean NOT NULL DEFAULT true,
  team_id text,
  calendar_id text,
  skills jsonb NOT NULL DEFAULT '[]',
  home jsonb,
  absences jsonb NOT NULL DEFAULT '[]',
  phone text,
  email text,
  inbox_seq bigint NOT NULL DEFAULT 0,
  inbox_received bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, team_id) REFERENCES team (company_id, id),
  FOREIGN KEY (company_id, calendar_id) REFERENCES calendar (company_id, id)
);
CREATE UNIQUE INDEX technician_code ON technician (company_id, lower(code)) WHERE code IS NOT NULL;
CREATE INDEX technician_team ON technician (company_id, team_id);
ALTER TABLE team ADD FOREIGN KEY (company_id, owner_technician_id) REFERENCES technician (company_id, id)
  DEFERRABLE INITIALLY DEFERRED;

CREATE TABLE customer (
  company_id text NOT NULL REFERENCES company (id),
  id text NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  code text,
  name text NOT NULL,
  address jsonb,
  phone text,
  email text,
  currency text NOT NULL DEFAULT 'EUR',
  price_group text,
  PRIMARY KEY (company_id, id)
);
CREATE UNIQUE INDEX customer_code ON customer (company_id, lower(code)) WHERE code IS NOT NULL;

CREATE TABLE app_user (
  company_id text NOT NULL REFERENCES company (id),
  id text NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  email text NOT NULL,
  name text NOT NULL,
  role text NOT NULL CHECK (role IN ('manager', 'dispatcher', 'technician', 'customer-service', 'customer', 'administrator')),
  technician_id text,
  customer_id text,
  -- Teams whose work this user may watch and change beside the own one.
  monitored_team_ids jsonb NOT NULL DEFAULT '[]',
  password_hash text NOT NULL,
  active boolean NOT NULL DEFAULT true,
  -- Grows when rights change; a socket opened under an older number must be re-judged.
  perm_version bigint NOT NULL DEFAULT 1,
  failed_count integer NOT NULL DEFAULT 0,
  locked_until timestamptz,
  language text NOT NULL DEFAULT 'en',
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, technician_id) REFERENCES technician (company_id, id),
  FOREIGN KEY (company_id, customer_id) REFERENCES customer (company_id, id)
);
CREATE UNIQUE INDEX app_user_email ON app_user (company_id, lower(email));

CREATE TABLE session (
  id text PRIMARY KEY,
  company_id text NOT NULL,
  user_id text NOT NULL,
  token_hash bytea NOT NULL UNIQUE,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL DEFAULT now(),
  revoked_at timestamptz,
  FOREIGN KEY (company_id, user_id) REFERENCES app_user (company_id, id) ON DELETE CASCADE
);
CREATE INDEX session_by_user ON session (company_id, user_id);

CREATE TABLE socket_ticket (
  ticket_hash bytea PRIMARY KEY,
  company_id text NOT NULL,
  session_id text NOT NULL REFERENCES session (id) ON DELETE CASCADE,
  expires_at timestamptz NOT NULL,
  used_at timestamptz
);

-- Revocations, tailed by every server from Postgres so that they work without Redis. Numbered by a row, like boards.
CREATE TABLE security_head (only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row), seq bigint NOT NULL DEFAULT 0);
INSERT INTO security_head DEFAULT VALUES;
CREATE TABLE security_event (
  seq bigint PRIMARY KEY,
  company_id text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('session-revoked', 'user-changed', 'user-disabled')),
  user_id text NOT NULL,
  session_id text,
  at timestamptz NOT NULL DEFAULT now()
);

-- ---------------------------------------------------------------- master data

CREATE TABLE project (
  company_id text NOT NULL REFERENCES company (id),
  id text NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  code text,
  name text NOT NULL,
  customer_id text NOT NULL,
  type text NOT NULL DEFAULT 'timeAndMaterial'
    CHECK (type IN ('timeAndMaterial', 'fixedPrice', 'internal', 'investment', 'cost', 'time')),
  address jsonb,
  currency text NOT NULL DEFAULT 'EUR',
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, customer_id) REFERENCES customer (company_id, id)
);
CREATE UNIQUE INDEX project_code ON project (company_id, lower(code)) WHERE code IS NOT NULL;

CREATE TABLE item (
  company_id text NOT NULL REFERENCES company (id),
  id text NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  code text NOT NULL,
  name text NOT NULL,
  unit text NOT NULL DEFAULT 'pcs',
  kind text NOT NULL DEFAULT 'item' CHECK (kind IN ('item', 'bom', 'service')),
  cost numeric(18, 2) NOT NULL DEFAULT 0,
  price numeric(18, 2) NOT NULL DEFAULT 0,
  PRIMARY KEY (company_id, id)
);
CREATE UNIQUE INDEX item_code ON item (company_id, lower(code));

CREATE TABLE activity_type (
  company_id text NOT NULL REFERENCES company (id),
  id text NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  code text NOT NULL,
  description text NOT NULL DEFAULT '',
  short_name text,
  default_minutes integer NOT NULL DEFAULT 60,
  required_skills jsonb NOT NULL DEFAULT '[]',
  PRIMARY KEY (company_id, id)
);
CREATE UNIQUE INDEX activity_type_code ON activity_type (company_id, lower(code));

CREATE TABLE reason_code (
  company_id text NOT NULL REFERENCES company (id),
  id text NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  code text NOT NULL,
  description text NOT NULL DEFAULT '',
  PRIMARY KEY (company_id, id)
);
CREATE UNIQUE INDEX reason_code_code ON reason_code (company_id, lower(code));

CREATE TABLE stage (
  company_id text NOT NULL REFERENCES company (id),
  id text NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  code text NOT NULL,
  description text NOT NULL DEFAULT '',
  parent_stage_id text,
  can_modify boolean NOT NULL DEFAULT false,
  can_delete boolean NOT NULL DEFAULT false,
  can_cancel boolean NOT NULL DEFAULT false,
  can_post boolean NOT NULL DEFAULT false,
  requires_reason boolean NOT NULL DEFAULT false,
  stops_time_recording boolean NOT NULL DEFAULT false,
  allowed_roles jsonb NOT NULL DEFAULT '[]',
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, parent_stage_id) REFERENCES stage (company_id, id)
);
CREATE UNIQUE INDEX stage_code ON stage (company_id, lower(code));
CREATE UNIQUE INDEX stage_one_root ON stage (company_id) WHERE parent_stage_id IS NULL;

CREATE TABLE agreement_group (
  company_id text NOT NULL REFERENCES company (id),
  id text NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  code text NOT NULL,
  description text NOT NULL DEFAULT '',
  sla_id text,
  -- How much a missed promise of this group weighs beside the others in planning.
  weight numeric NOT NULL DEFAULT 1,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, sla_id) REFERENCES sla (company_id, id)
);
CREATE UNIQUE INDEX agreement_group_code ON agreement_group (company_id, lower(code));

CREATE TABLE agreement (
  company_id text NOT NULL REFERENCES company (id),
  id text NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  code text NOT NULL,
  description text NOT NULL DEFAULT '',
  project_id text NOT NULL,
  customer_id text NOT NULL,
  group_id text NOT NULL,
  start_date date NOT NULL,
  end_date date,
  sla_id text,
  suspended boolean NOT NULL DEFAULT false,
  is_template boolean NOT NULL DEFAULT false,
  responsible_technician_id text,
  preferred_technician_id text,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, project_id) REFERENCES project (company_id, id),
  FOREIGN KEY (company_id, customer_id) REFERENCES customer (company_id, id),
  FOREIGN KEY (company_id, group_id) REFERENCES agreement_group (company_id, id),
  FOREIGN KEY (company_id, sla_id) REFERENCES sla (company_id, id),
  FOREIGN KEY (company_id, preferred_technician_id) REFERENCES technician (company_id, id)
);
CREATE UNIQUE INDEX agreement_code ON agreement (company_id, lower(code));

-- ---------------------------------------------------------------- orders and their clocks

CREATE TABLE service_order (
  company_id text NOT NULL REFERENCES company (id),
  id text NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  number text NOT NULL,
  external_id text,
  description text NOT NULL,
  customer_id text,
  project_id text,
  agreement_id text,
  service_date_time timestamptz NOT NULL,
  stage_id text NOT NULL,
  progress text NOT NULL DEFAULT 'inProcess' CHECK (progress IN ('inProcess', 'posted', 'canceled')),
  priority text NOT NULL DEFAULT 'normal' CHECK (priority IN ('high', 'normal', 'low')),
  address jsonb,
  preferred_technician_id text,
  signed_off boolean NOT NULL DEFAULT false,
  signed_off_at timestamptz,
  origin text NOT NULL DEFAULT 'user' CHECK (origin IN ('system', 'user', 'web')),
  created_at timestamptz NOT NULL,
  created_by text,
  -- The instant of the last write: boards show the order as it stood then, so that replay and snapshot agree.
  updated_at timestamptz NOT NULL,
  -- The clock: copied terms, its runs, and when respond and arrive were reached. One document, because it is always
  -- read and written whole; the columns below repeat from it what lists filter and sort by.
  sla_terms jsonb,
  sla_status text NOT NULL DEFAULT 'none' CHECK (sla_status IN ('none', 'started', 'stopped', 'canceled')),
  sla_records jsonb NOT NULL DEFAULT '[]',
  sla_reached jsonb NOT NULL DEFAULT '{}',
  started_at timestamptz,
  due_at timestamptz,
  respond_due_at timestamptz,
  arrive_due_at timestamptz,
  -- When the clock ended for good, and whether the promise was kept; null while open.
  sla_ended_at timestamptz,
  sla_kept boolean,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, number),
  FOREIGN KEY (company_id, customer_id) REFERENCES customer (company_id, id),
  FOREIGN KEY (company_id, project_id) REFERENCES project (company_id, id),
  FOREIGN KEY (company_id, agreement_id) REFERENCES agreement (company_id, id),
  FOREIGN KEY (company_id, stage_id) REFERENCES stage (company_id, id),
  FOREIGN KEY (company_id, preferred_technician_id) REFERENCES technician (company_id, id)
);
CREATE UNIQUE INDEX service_order_external ON service_order (company_id, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX service_order_due ON service_order (company_id, due_at, id) WHERE progress = 'inProcess';
CREATE INDEX service_order_customer ON service_order (company_id, customer_id);
CREATE INDEX service_order_agreement ON service_order (company_id, agreement_id);

CREATE TABLE order_line (
  company_id text NOT NULL,
  id text NOT NULL,
  order_id text NOT NULL,
  line_num integer NOT NULL,
  transaction_type text NOT NULL CHECK (transaction_type IN ('hour', 'expense', 'item', 'fee')),
  status text NOT NULL DEFAULT 'created' CHECK (status IN ('created', 'canceled', 'posted')),
  description text NOT NULL DEFAULT '',
  qty numeric NOT NULL CHECK (qty > 0),
  technician_id text,
  item_id text,
  type_id text,
  required_skills jsonb NOT NULL DEFAULT '[]',
  earliest_start timestamptz,
  latest_end timestamptz,
  signed_off boolean NOT NULL DEFAULT false,
  canceled_with_order boolean NOT NULL DEFAULT false,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, order_id, line_num),
  FOREIGN KEY (company_id, order_id) REFERENCES service_order (company_id, id) ON DELETE CASCADE,
  FOREIGN KEY (company_id, technician_id) REFERENCES technician (company_id, id),
  FOREIGN KEY (company_id, item_id) REFERENCES item (company_id, id),
  FOREIGN KEY (company_id, type_id) REFERENCES activity_type (company_id, id)
);

CREATE TABLE stage_reason (
  company_id text NOT NULL,
  id text NOT NULL,
  order_id text NOT NULL,
  stage_id text NOT NULL,
  reason_id text NOT NULL,
  note text NOT NULL DEFAULT '',
  type text NOT NULL CHECK (type IN ('stageChange', 'close', 'cancel', 'manual')),
  at timestamptz NOT NULL,
  by_user_id text,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, order_id) REFERENCES service_order (company_id, id) ON DELETE CASCADE,
  FOREIGN KEY (company_id, reason_id) REFERENCES reason_code (company_id, id)
);
CREATE INDEX stage_reason_order ON stage_reason (company_id, order_id);

-- Which warnings and breaches are due, and which were told. A row is planned anew at every change of the clock.
CREATE TABLE sla_watch (
  company_id text NOT NULL,
  order_id text NOT NULL,
  target text NOT NULL CHECK (target IN ('respond', 'arrive', 'complete')),
  percent integer NOT NULL CHECK (percent > 0),
  due_at timestamptz,
  fired_at timestamptz,
  PRIMARY KEY (company_id, order_id, target, percent),
  FOREIGN KEY (company_id, order_id) REFERENCES service_order (company_id, id) ON DELETE CASCADE
);
CREATE INDEX sla_watch_due ON sla_watch (due_at) WHERE fired_at IS NULL AND due_at IS NOT NULL;

-- ---------------------------------------------------------------- activities

CREATE TABLE activity (
  company_id text NOT NULL,
  id text NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  number text NOT NULL,
  board_id text NOT NULL,
  order_id text NOT NULL,
  order_line_id text,
  type_id text,
  team_id text,
  technician_id text,
  start_at timestamptz,
  end_at timestamptz,
  duration_minutes integer NOT NULL CHECK (duration_minutes > 0),
  state text NOT NULL DEFAULT 'undispatched' CHECK (state IN ('undispatched', 'dispatched', 'closed')),
  field_status text NOT NULL DEFAULT 'none',
  priority text NOT NULL DEFAULT 'normal' CHECK (priority IN ('high', 'normal', 'low')),
  locked boolean NOT NULL DEFAULT false,
  required_skills jsonb NOT NULL DEFAULT '[]',
  earliest_start timestamptz,
  latest_end timestamptz,
  windows jsonb NOT NULL DEFAULT '[]',
  preferred_technician_id text,
  place jsonb,
  blocking boolean NOT NULL DEFAULT false,
  human_touched_at timestamptz,
  created_at timestamptz NOT NULL,
  closed_at timestamptz,
  closed_by text,
  closed_cause text,
  CHECK (end_at IS NULL OR start_at IS NULL OR end_at > start_at),
  CHECK ((start_at IS NULL) = (end_at IS NULL)),
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, board_id) REFERENCES board (company_id, id),
  FOREIGN KEY (company_id, order_id) REFERENCES service_order (company_id, id) ON DELETE CASCADE,
  FOREIGN KEY (company_id, order_line_id) REFERENCES order_line (company_id, id),
  FOREIGN KEY (company_id, type_id) REFERENCES activity_type (company_id, id),
  FOREIGN KEY (company_id, team_id) REFERENCES team (company_id, id),
  FOREIGN KEY (company_id, technician_id) REFERENCES technician (company_id, id),
  -- A technician cannot be in two places. Only a person who was warned may overlap work, which then does not block.
  CONSTRAINT activity_no_double_booking EXCLUDE USING gist (
    company_id WITH =, technician_id WITH =, tstzrange(start_at, end_at, '[)') WITH &&
  ) WHERE (blocking AND state <> 'closed' AND technician_id IS NOT NULL AND start_at IS NOT NULL)
) WITH (fillfactor = 80);
CREATE INDEX activity_board_open ON activity (company_id, board_id, id) WHERE state <> 'closed';
CREATE INDEX activity_board_end ON activity (company_id, board_id, end_at) WHERE state = 'closed';
CREATE INDEX activity_order ON activity (company_id, order_id);
CREATE INDEX activity_technician_open ON activity (company_id, technician_id, start_at) WHERE state <> 'closed';

-- ---------------------------------------------------------------- the numbered log and the commands

CREATE TABLE board_event (
  company_id text NOT NULL,
  board_id text NOT NULL,
  seq bigint NOT NULL,
  type text NOT NULL,
  at timestamptz NOT NULL,
  entity text NOT NULL CHECK (entity IN ('activity', 'technician', 'order')),
  entity_id text NOT NULL,
  entity_version bigint NOT NULL,
  -- The event as it goes to clients: full new state, actor, command.
  payload json NOT NULL,
  command_id text,
  actor_id text,
  PRIMARY KEY (board_id, seq, at)
) PARTITION BY RANGE (at);
CREATE INDEX board_event_entity ON board_event (company_id, entity_id, seq);

CREATE TABLE board_event_default PARTITION OF board_event DEFAULT;

-- Makes the month partitions from this month on; called by migrations and daily by a worker.
CREATE FUNCTION ensure_event_partitions(months_ahead integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  month_start timestamptz;
  name text;
BEGIN
  FOR i IN 0..months_ahead LOOP
    month_start := date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' + make_interval(months => i);
    name := 'board_event_' || to_char(month_start AT TIME ZONE 'UTC', 'YYYY_MM');
    IF to_regclass(name) IS NULL THEN
      EXECUTE format('CREATE TABLE %I PARTITION OF board_event FOR VALUES FROM (%L) TO (%L)',
        name, month_start, month_start + interval '1 month');
    END IF;
  END LOOP;
END $$;
SELECT ensure_event_partitions(2);

CREATE TABLE command (
  company_id text NOT NULL,
  actor_id text NOT NULL,
  key text NOT NULL,
  request_hash bytea NOT NULL,
  http_status integer,
  response text,
  headers jsonb,
  board_id text,
  first_seq bigint,
  last_seq bigint,
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (company_id, actor_id, key)
);
CREATE INDEX command_at ON command (at);

-- Effects that must happen outside Postgres. A relay reads it; a dedupe key makes asking twice harmless.
CREATE TABLE outbox (
  id text PRIMARY KEY,
  company_id text NOT NULL,
  kind text NOT NULL,
  dedupe_key text NOT NULL,
  payload jsonb NOT NULL,
  next_at timestamptz NOT NULL DEFAULT now(),
  attempts integer NOT NULL DEFAULT 0,
  done_at timestamptz,
  UNIQUE (kind, dedupe_key)
);
CREATE INDEX outbox_open ON outbox (next_at) WHERE done_at IS NULL;

-- What a technician must be told, numbered without gaps per technician.
CREATE TABLE inbox (
  company_id text NOT NULL,
  technician_id text NOT NULL,
  seq bigint NOT NULL,
  kind text NOT NULL CHECK (kind IN ('assigned', 'changed', 'removed')),
  at timestamptz NOT NULL,
  activity_id text NOT NULL,
  activity_version bigint NOT NULL,
  PRIMARY KEY (company_id, technician_id, seq),
  FOREIGN KEY (company_id, technician_id) REFERENCES technician (company_id, id) ON DELETE CASCADE
);

-- ---------------------------------------------------------------- planning runs and proposals

CREATE TABLE optimisation (
  company_id text NOT NULL,
  id text NOT NULL,
  board_id text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('optimise', 'repair')),
  mode text NOT NULL CHECK (mode IN ('propose', 'apply')),
  request jsonb NOT NULL,
  status text NOT NULL DEFAULT 'queued'
    CHECK (status IN ('queued', 'running', 'done', 'stale', 'failed', 'poisoned', 'cancelled')),
  base_epoch uuid,
  base_seq bigint,
  attempts integer NOT NULL DEFAULT 0,
  fence bigint NOT NULL DEFAULT 0,
  lease_until timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text,
  finished_at timestamptz,
  proposal_id text,
  applied integer NOT NULL DEFAULT 0,
  dropped jsonb NOT NULL DEFAULT '[]',
  summary jsonb,
  error text,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, board_id) REFERENCES board (company_id, id)
);
CREATE UNIQUE INDEX optimisation_one_open ON optimisation (company_id, board_id, kind)
  WHERE status IN ('queued', 'running');
CREATE INDEX optimisation_open ON optimisation (created_at) WHERE status IN ('queued', 'running');

CREATE TABLE proposal (
  company_id text NOT NULL,
  id text NOT NULL,
  board_id text NOT NULL,
  optimisation_id text NOT NULL,
  status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'applied', 'discarded', 'superseded')),
  base_epoch uuid NOT NULL,
  base_seq bigint NOT NULL,
  -- Conditional moves: [{activityId, expectedVersion, technicianId, start, end, why}]
  moves jsonb NOT NULL,
  summary jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  decided_at timestamptz,
  decided_by text,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, board_id) REFERENCES board (company_id, id),
  FOREIGN KEY (company_id, optimisation_id) REFERENCES optimisation (company_id, id)
);
CREATE INDEX proposal_board_open ON proposal (company_id, board_id) WHERE status = 'open';

-- Why an activity stands where it stands; the last decision, by person or optimiser.
CREATE TABLE explanation (
  company_id text NOT NULL,
  activity_id text NOT NULL,
  activity_version bigint NOT NULL,
  at timestamptz NOT NULL,
  body jsonb NOT NULL,
  PRIMARY KEY (company_id, activity_id),
  FOREIGN KEY (company_id, activity_id) REFERENCES activity (company_id, id) ON DELETE CASCADE
);

-- ---------------------------------------------------------------- imports

CREATE TABLE import (
  company_id text NOT NULL,
  id text NOT NULL,
  kind text NOT NULL,
  board_id text NOT NULL,
  status text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'running', 'done', 'failed', 'cancelled')),
  file_name text NOT NULL,
  file bytea NOT NULL,
  rules bytea,
  options jsonb NOT NULL DEFAULT '{}',
  -- The next line to read: written in the same transaction as that chunk's orders, so a restart doubles nothing.
  next_line integer NOT NULL DEFAULT 2,
  read integer NOT NULL DEFAULT 0,
  created integer NOT NULL DEFAULT 0,
  unchanged integer NOT NULL DEFAULT 0,
  refused integer NOT NULL DEFAULT 0,
  attempts integer NOT NULL DEFAULT 0,
  fence bigint NOT NULL DEFAULT 0,
  lease_until timestamptz,
  error text,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text,
  finished_at timestamptz,
  PRIMARY KEY (company_id, id)
);
CREATE INDEX import_open ON import (created_at) WHERE status IN ('queued', 'running');

CREATE TABLE import_refusal (
  company_id text NOT NULL,
  import_id text NOT NULL,
  line integer NOT NULL,
  reason text NOT NULL,
  PRIMARY KEY (company_id, import_id, line),
  FOREIGN KEY (company_id, import_id) REFERENCES import (company_id, id) ON DELETE CASCADE
);
