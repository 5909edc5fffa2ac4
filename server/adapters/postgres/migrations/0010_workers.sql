-- What worker processes ask across companies beside 0002's pointers: releasing claimed effects, and which boards want a
-- repair. As there, only pointers leave the wall.

CREATE FUNCTION release_outbox(p_ids text[], p_delay_ms integer) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE outbox SET next_at = now() + p_delay_ms * interval '1 millisecond' WHERE id = ANY (p_ids) AND done_at IS NULL
$$;

CREATE INDEX board_auto_repair ON board (id) WHERE policy @> '{"autoRepair": true}';
CREATE INDEX optimisation_board ON optimisation (company_id, board_id, kind, created_at DESC);

-- Boards that repair by themselves, have moved since their last repair began, and have none open.
CREATE FUNCTION restless_boards() RETURNS TABLE (company_id text, board_id text, seq bigint, repaired_seq bigint, auto_apply boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT b.company_id, b.id, b.seq, coalesce(r.base_seq, 0), coalesce((b.policy->>'autoApply')::boolean, false)
    FROM board b
    LEFT JOIN LATERAL (
      SELECT o.base_seq FROM optimisation o
        WHERE o.company_id = b.company_id AND o.board_id = b.id AND o.kind = 'repair' AND o.base_seq IS NOT NULL
        ORDER BY o.created_at DESC LIMIT 1) r ON true
    WHERE b.policy @> '{"autoRepair": true}' AND b.seq > coalesce(r.base_seq, 0)
      AND NOT EXISTS (
        SELECT 1 FROM optimisation o WHERE o.company_id = b.company_id AND o.board_id = b.id AND o.kind = 'repair'
          AND o.status IN ('queued', 'running'))
    LIMIT 1000
$$;

DO $$
DECLARE
  f text;
BEGIN
  FOREACH f IN ARRAY ARRAY['release_outbox(text[], integer)', 'restless_boards()'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO {{app}}', f);
  END LOOP;
END $$;
