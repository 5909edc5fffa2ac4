-- Which boards want to be planned anew in the background: those that repair themselves, on which somebody but the planner did
-- something since the last plan of the whole board began, and for which that is long enough ago. A board on which nothing
-- happened costs a comparison of two numbers. A proposal that somebody asked for is left to be read for an hour before one that
-- nobody asked for takes its place. `p_asleep` names boards on which nobody is at work, which only calendars know.

CREATE FUNCTION unplanned_boards(p_asleep text[], p_minutes integer)
  RETURNS TABLE (company_id text, board_id text, auto_apply boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT b.company_id, b.id, coalesce((b.policy->>'autoApply')::boolean, false)
    FROM board b
    CROSS JOIN LATERAL (SELECT coalesce((b.policy->>'backgroundMinutes')::integer, p_minutes) AS minutes) p
    LEFT JOIN LATERAL (
      SELECT o.base_seq, o.created_at FROM optimisation o
        WHERE o.company_id = b.company_id AND o.board_id = b.id AND o.kind = 'optimise' AND o.fork_id IS NULL
          AND o.base_seq IS NOT NULL AND o.request->'teams' = '[]' AND o.request->>'from' IS NULL
        ORDER BY o.created_at DESC LIMIT 1) r ON true
    WHERE b.policy @> '{"autoRepair": true}' AND b.seq > coalesce(r.base_seq, 0) AND p.minutes > 0
      AND (r.created_at IS NULL OR r.created_at <= now() - p.minutes * interval '1 minute')
      AND b.id <> ALL (p_asleep)
      AND NOT EXISTS (
        SELECT 1 FROM optimisation o WHERE o.company_id = b.company_id AND o.board_id = b.id AND o.kind = 'optimise'
          AND o.fork_id IS NULL AND o.status IN ('queued', 'running'))
      AND NOT EXISTS (
        SELECT 1 FROM proposal q JOIN optimisation o ON o.company_id = q.company_id AND o.id = q.optimisation_id
          WHERE q.company_id = b.company_id AND q.board_id = b.id AND q.status = 'open' AND q.fork_id IS NULL
            AND q.created_at > now() - interval '1 hour' AND o.kind = 'optimise'
            AND o.request->>'background' IS DISTINCT FROM 'true')
      AND EXISTS (
        SELECT 1 FROM board_event e WHERE e.board_id = b.id AND e.seq > coalesce(r.base_seq, 0)
          AND e.payload->'actor'->>'kind' IS DISTINCT FROM 'optimiser')
    ORDER BY r.created_at NULLS FIRST
    LIMIT 20
$$;

REVOKE ALL ON FUNCTION unplanned_boards(text[], integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION unplanned_boards(text[], integer) TO {{app}};
