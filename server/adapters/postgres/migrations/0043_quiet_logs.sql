-- Following a log must not cost more than the log. A board is named to its followers only when there is something in it for
-- them; logs that grew by other events are passed over now and then, all boards in one statement.

CREATE OR REPLACE FUNCTION unexplained_boards() RETURNS TABLE (company_id text, board_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT b.company_id, b.id FROM board b
    LEFT JOIN explained e ON e.company_id = b.company_id AND e.board_id = b.id
    WHERE b.seq > coalesce(e.seq, 0) AND (e.lease_until IS NULL OR e.lease_until < now())
      AND EXISTS (SELECT 1 FROM board_event v WHERE v.board_id = b.id AND v.seq > coalesce(e.seq, 0)
                    AND v.type IN ('activity-assigned', 'activity-rescheduled', 'activity-unassigned'))
    LIMIT 100
$$;

CREATE OR REPLACE FUNCTION unlearned_boards() RETURNS TABLE (company_id text, board_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT b.company_id, b.id FROM board b
    LEFT JOIN learned l ON l.company_id = b.company_id AND l.board_id = b.id
    WHERE b.seq > coalesce(l.seq, 0)
      AND EXISTS (SELECT 1 FROM board_event v WHERE v.board_id = b.id AND v.seq > coalesce(l.seq, 0)
                    AND v.type = 'activity-closed')
    ORDER BY l.seq NULLS FIRST
    LIMIT 200
$$;

-- A board's number and its events are written together, so what is not seen up to a number will never be there.
CREATE FUNCTION pass_quiet_logs() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  INSERT INTO explained (company_id, board_id, seq)
    SELECT b.company_id, b.id, b.seq FROM board b
      LEFT JOIN explained e ON e.company_id = b.company_id AND e.board_id = b.id
      WHERE b.seq > coalesce(e.seq, 0) AND (e.lease_until IS NULL OR e.lease_until < now())
        AND NOT EXISTS (SELECT 1 FROM board_event v WHERE v.board_id = b.id AND v.seq > coalesce(e.seq, 0)
                          AND v.type IN ('activity-assigned', 'activity-rescheduled', 'activity-unassigned'))
    ON CONFLICT (company_id, board_id) DO UPDATE SET seq = greatest(explained.seq, excluded.seq)
      WHERE explained.lease_until IS NULL OR explained.lease_until < now();
  INSERT INTO learned (company_id, board_id, seq)
    SELECT b.company_id, b.id, b.seq FROM board b
      LEFT JOIN learned l ON l.company_id = b.company_id AND l.board_id = b.id
      WHERE b.seq > coalesce(l.seq, 0)
        AND NOT EXISTS (SELECT 1 FROM board_event v WHERE v.board_id = b.id AND v.seq > coalesce(l.seq, 0)
                          AND v.type = 'activity-closed')
    ON CONFLICT (company_id, board_id) DO UPDATE SET seq = greatest(learned.seq, excluded.seq);
$$;
REVOKE ALL ON FUNCTION pass_quiet_logs() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION pass_quiet_logs() TO {{app}};
