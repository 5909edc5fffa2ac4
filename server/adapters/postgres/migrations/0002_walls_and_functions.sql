-- The second wall (row-level security for the application's role) and the few statements that must run inside the
-- database: opening a command, numbering its events, and look-ups that happen before a company is known.
--
-- {{owner}} and {{app}} are replaced by the migrator with the quoted names of the two roles.

-- ---------------------------------------------------------------- row-level security

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['number_sequence', 'calendar', 'sla', 'board', 'team', 'technician', 'customer', 'app_user',
    'session', 'socket_ticket', 'project', 'item', 'activity_type', 'reason_code', 'stage', 'agreement_group',
    'agreement', 'service_order', 'order_line', 'stage_reason', 'sla_watch', 'activity', 'board_event', 'command',
    'outbox', 'inbox', 'optimisation', 'proposal', 'explanation', 'import', 'import_refusal', 'security_event']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY company_wall ON %I TO {{app}}
      USING (company_id = nullif(current_setting(''app.company'', true), ''''))
      WITH CHECK (company_id = nullif(current_setting(''app.company'', true), ''''))', t);
    EXECUTE format('CREATE POLICY owner_sees_all ON %I TO {{owner}} USING (true) WITH CHECK (true)', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO {{app}}', t);
  END LOOP;
END $$;

ALTER TABLE company ENABLE ROW LEVEL SECURITY;
ALTER TABLE company FORCE ROW LEVEL SECURITY;
CREATE POLICY company_wall ON company TO {{app}}
  USING (id = nullif(current_setting('app.company', true), ''))
  WITH CHECK (id = nullif(current_setting('app.company', true), ''));
CREATE POLICY owner_sees_all ON company TO {{owner}} USING (true) WITH CHECK (true);
GRANT SELECT, UPDATE ON company TO {{app}};

-- The log is append-only, and accepted commands are never unsaid. Old rows leave through the owner's maintenance.
REVOKE UPDATE, DELETE ON board_event FROM {{app}};
REVOKE DELETE ON command FROM {{app}};
REVOKE UPDATE, DELETE ON security_event FROM {{app}};
REVOKE INSERT ON security_event FROM {{app}};

-- ---------------------------------------------------------------- commands

-- Opens a command inside the caller's transaction: sets the company, claims the idempotency key, and locks the
-- session and its user against revocation until the end. A duplicate in flight waits here for the first to end.
-- Answers one row: `state` is 'fresh', 'replay' (with the stored answer), 'mismatch' (other content under the same
-- key) or 'signed-out'. A null session is the system's own hand (workers).
CREATE FUNCTION open_command(
  p_company text, p_actor text, p_key text, p_hash bytea, p_session text,
  OUT state text, OUT http_status integer, OUT response text, OUT headers jsonb, OUT role text,
  OUT technician_id text, OUT monitored_team_ids jsonb, OUT db_now timestamptz
) LANGUAGE plpgsql AS $$
DECLARE
  stored command;
BEGIN
  PERFORM set_config('app.company', p_company, true);
  db_now := now();
  IF p_session IS NOT NULL THEN
    SELECT u.role, u.technician_id, u.monitored_team_ids INTO role, technician_id, monitored_team_ids
      FROM session s JOIN app_user u ON u.company_id = s.company_id AND u.id = s.user_id
      WHERE s.id = p_session AND s.company_id = p_company AND s.user_id = p_actor
        AND s.revoked_at IS NULL AND s.expires_at > now() AND u.active
      FOR SHARE OF s, u;
    IF NOT FOUND THEN
      state := 'signed-out';
      RETURN;
    END IF;
  END IF;
  INSERT INTO command (company_id, actor_id, key, request_hash) VALUES (p_company, p_actor, p_key, p_hash)
    ON CONFLICT DO NOTHING;
  IF FOUND THEN
    state := 'fresh';
    RETURN;
  END IF;
  SELECT * INTO stored FROM command c WHERE c.company_id = p_company AND c.actor_id = p_actor AND c.key = p_key;
  IF stored.request_hash <> p_hash THEN
    state := 'mismatch';
    RETURN;
  END IF;
  state := 'replay';
  http_status := stored.http_status;
  response := stored.response;
  headers := stored.headers;
END $$;

-- Closes a command: numbers its events on their boards, stores its answer, and queues its effects. The board rows are
-- the last locks of the transaction, in id order. `p_events` is [{board, type, at, entity, entityId, entityVersion,
-- payload}] in the order in which they happened; the number and the wrapped payload are made here.
-- Answers {boards: [{board, epoch, first, last}]}.
CREATE FUNCTION close_command(
  p_company text, p_actor text, p_key text, p_status integer, p_response text, p_headers jsonb,
  p_events jsonb, p_outbox jsonb
) RETURNS TABLE (board_id text, epoch uuid, first_seq bigint, last_seq bigint) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  b record;
  head record;
  named record;
BEGIN
  IF p_outbox IS NOT NULL THEN
    INSERT INTO outbox (id, company_id, kind, dedupe_key, payload, next_at)
      SELECT o->>'id', p_company, o->>'kind', o->>'dedupeKey', o->'payload',
             coalesce((o->>'at')::timestamptz, now())
        FROM jsonb_array_elements(p_outbox) o
      ON CONFLICT DO NOTHING;
  END IF;
  IF p_events IS NULL THEN
    UPDATE command c SET http_status = p_status, response = p_response, headers = p_headers
      WHERE c.company_id = p_company AND c.actor_id = p_actor AND c.key = p_key;
    RETURN;
  END IF;
  FOR b IN
    SELECT e->>'board' AS id, count(*) AS n FROM jsonb_array_elements(p_events) e GROUP BY 1 ORDER BY 1
  LOOP
    UPDATE board x SET seq = x.seq + b.n WHERE x.company_id = p_company AND x.id = b.id
      RETURNING x.id, x.epoch, x.seq - b.n + 1 AS first, x.seq AS last INTO head;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'board % does not exist', b.id USING ERRCODE = 'foreign_key_violation';
    END IF;
    IF named IS NULL THEN
      named := head;
    END IF;
    INSERT INTO board_event (company_id, board_id, seq, type, at, entity, entity_id, entity_version, payload,
                             command_id, actor_id)
      SELECT p_company, b.id, head.first - 1 + row_number() OVER (ORDER BY x.n), x.e->>'type',
             (x.e->>'at')::timestamptz, x.e->>'entity', x.e->>'entityId', (x.e->>'entityVersion')::bigint,
             jsonb_build_object('seq', head.first - 1 + row_number() OVER (ORDER BY x.n)) || (x.e->'payload'),
             p_key, p_actor
        FROM jsonb_array_elements(p_events) WITH ORDINALITY AS x (e, n)
        WHERE x.e->>'board' = b.id;
    board_id := head.id;
    epoch := head.epoch;
    first_seq := head.first;
    last_seq := head.last;
    RETURN NEXT;
  END LOOP;
  -- With events on several boards the command, and its answer's headers, name the first of them.
  UPDATE command c SET http_status = p_status, response = p_response,
      headers = p_headers || jsonb_build_object('board-epoch', named.epoch, 'board-seq', named.last::text),
      board_id = named.id, first_seq = named.first, last_seq = named.last
    WHERE c.company_id = p_company AND c.actor_id = p_actor AND c.key = p_key;
END $$;

-- First of the next p_count numbers of a sequence, for instance of orders. The row stays locked until the transaction
-- ends, so a rolled-back transaction leaves no gap.
CREATE FUNCTION next_numbers(p_company text, p_name text, p_count bigint) RETURNS bigint LANGUAGE sql AS $$
  INSERT INTO number_sequence (company_id, name, next_value) VALUES (p_company, p_name, 1 + p_count)
    ON CONFLICT (company_id, name) DO UPDATE SET next_value = number_sequence.next_value + p_count
    RETURNING next_value - p_count
$$;

-- ---------------------------------------------------------------- before a company is known

CREATE FUNCTION sign_in_lookup(p_company text, p_email text)
  RETURNS TABLE (company_id text, user_id text, password_hash text, active boolean, locked_until timestamptz)
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT u.company_id, u.id, u.password_hash, u.active, u.locked_until
    FROM app_user u JOIN company c ON c.id = u.company_id
    WHERE (lower(c.code) = lower(p_company) OR lower(c.name) = lower(p_company) OR c.id = p_company)
      AND lower(u.email) = lower(p_email)
    LIMIT 1
$$;

CREATE FUNCTION session_by_token(p_hash bytea)
  RETURNS TABLE (session_id text, company_id text, company_name text, user_id text, email text, name text, role text,
    technician_id text, customer_id text, monitored_team_ids jsonb, perm_version bigint, language text,
    expires_at timestamptz)
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT s.id, u.company_id, c.name, u.id, u.email, u.name, u.role, u.technician_id, u.customer_id,
         u.monitored_team_ids, u.perm_version, u.language, s.expires_at
    FROM session s
    JOIN app_user u ON u.company_id = s.company_id AND u.id = s.user_id
    JOIN company c ON c.id = u.company_id
    WHERE s.token_hash = p_hash AND s.revoked_at IS NULL AND s.expires_at > now() AND u.active
$$;

-- Spends a ticket: works once, within its 30 seconds, while its session lives.
CREATE FUNCTION spend_ticket(p_hash bytea) RETURNS TABLE (session_id text, token_hash bytea)
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH spent AS (
    UPDATE socket_ticket SET used_at = now()
      WHERE ticket_hash = p_hash AND used_at IS NULL AND expires_at > now() RETURNING session_id
  )
  SELECT s.id, s.token_hash FROM spent JOIN session s ON s.id = spent.session_id
    WHERE s.revoked_at IS NULL AND s.expires_at > now()
$$;

-- Appends a revocation under the next number, in the transaction that causes it.
CREATE FUNCTION append_security_event(p_company text, p_kind text, p_user text, p_session text) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  n bigint;
BEGIN
  UPDATE security_head SET seq = seq + 1 RETURNING seq INTO n;
  INSERT INTO security_event (seq, company_id, kind, user_id, session_id)
    VALUES (n, p_company, p_kind, p_user, p_session);
  RETURN n;
END $$;

CREATE FUNCTION security_events_after(p_seq bigint)
  RETURNS TABLE (seq bigint, company_id text, kind text, user_id text, session_id text)
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT e.seq, e.company_id, e.kind, e.user_id, e.session_id FROM security_event e
    WHERE e.seq > p_seq ORDER BY e.seq LIMIT 1000
$$;
CREATE FUNCTION security_head_seq() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT seq FROM security_head
$$;

-- ---------------------------------------------------------------- across companies: tails, relays, sweepers
-- Each answers only pointers (company, id, number). What is behind a pointer is read under that company's wall.

CREATE FUNCTION board_heads(p_ids text[]) RETURNS TABLE (id text, company_id text, epoch uuid, seq bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT b.id, b.company_id, b.epoch, b.seq FROM board b WHERE b.id = ANY (p_ids)
$$;

CREATE FUNCTION claim_outbox(p_limit integer) RETURNS SETOF outbox
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE outbox o SET attempts = o.attempts + 1,
      next_at = now() + least(interval '5 minutes', interval '2 seconds' * power(2, least(o.attempts, 8)))
    WHERE o.id IN (
      SELECT id FROM outbox WHERE done_at IS NULL AND next_at <= now() ORDER BY next_at LIMIT p_limit
      FOR UPDATE SKIP LOCKED)
    RETURNING o.*
$$;
CREATE FUNCTION finish_outbox(p_ids text[]) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE outbox SET done_at = now() WHERE id = ANY (p_ids)
$$;

CREATE FUNCTION due_sla_watches(p_until timestamptz, p_limit integer)
  RETURNS TABLE (company_id text, order_id text, target text, percent integer, due_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT w.company_id, w.order_id, w.target, w.percent, w.due_at FROM sla_watch w
    WHERE w.fired_at IS NULL AND w.due_at IS NOT NULL AND w.due_at <= p_until
    ORDER BY w.due_at LIMIT p_limit
$$;

CREATE FUNCTION open_optimisations() RETURNS TABLE (company_id text, id text, board_id text, status text, expired boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT o.company_id, o.id, o.board_id, o.status,
         (o.status = 'queued' AND o.created_at < now() - interval '5 seconds')
           OR (o.status = 'running' AND o.lease_until < now())
    FROM optimisation o WHERE o.status IN ('queued', 'running') ORDER BY o.created_at LIMIT 1000
$$;

CREATE FUNCTION open_imports() RETURNS TABLE (company_id text, id text, status text, expired boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT i.company_id, i.id, i.status,
         (i.status = 'queued' AND i.created_at < now() - interval '5 seconds')
           OR (i.status = 'running' AND i.lease_until < now())
    FROM import i WHERE i.status IN ('queued', 'running') ORDER BY i.created_at LIMIT 1000
$$;

CREATE FUNCTION all_boards() RETURNS TABLE (id text, company_id text, policy jsonb, seq bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT b.id, b.company_id, b.policy, b.seq FROM board b ORDER BY b.id LIMIT 100000
$$;

-- Keeps the log's partitions ahead, drops what outlived its keep. Run daily by a worker.
CREATE FUNCTION maintain() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM ensure_event_partitions(2);
  DELETE FROM command WHERE at < now() - interval '14 days';
  DELETE FROM outbox WHERE done_at < now() - interval '7 days';
  DELETE FROM socket_ticket WHERE expires_at < now() - interval '1 hour';
  DELETE FROM session WHERE expires_at < now() - interval '30 days';
END $$;

-- Functions of ours are callable by the application's role alone; those of extensions stay as they came.
DO $$
DECLARE
  f record;
BEGIN
  FOR f IN
    SELECT p.oid::regprocedure AS signature, p.proname AS name FROM pg_proc p
      WHERE p.pronamespace = 'public'::regnamespace
        AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
  LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f.signature);
    IF f.name <> 'ensure_event_partitions' THEN
      EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO {{app}}', f.signature);
    END IF;
  END LOOP;
END $$;
