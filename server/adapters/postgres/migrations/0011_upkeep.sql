-- Upkeep learns of planning and imports: a board that repairs itself makes a run a second, and nobody reads last week's
-- superseded proposals. What was put on the board stays in the log and in the explanations.

CREATE OR REPLACE FUNCTION maintain() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM ensure_event_partitions(2);
  DELETE FROM command WHERE at < now() - interval '14 days';
  DELETE FROM outbox WHERE done_at < now() - interval '7 days';
  DELETE FROM socket_ticket WHERE expires_at < now() - interval '1 hour';
  DELETE FROM session WHERE expires_at < now() - interval '30 days';
  DELETE FROM proposal WHERE status IN ('superseded', 'discarded') AND decided_at < now() - interval '1 day';
  DELETE FROM proposal WHERE status <> 'open' AND decided_at < now() - interval '14 days';
  -- The newest repair of a board is kept: where it began is what later events are compared with.
  DELETE FROM optimisation o WHERE o.finished_at < now() - interval '2 days' AND o.kind = 'repair'
    AND NOT EXISTS (SELECT 1 FROM proposal p WHERE p.company_id = o.company_id AND p.optimisation_id = o.id)
    AND EXISTS (SELECT 1 FROM optimisation n WHERE n.company_id = o.company_id AND n.board_id = o.board_id
                  AND n.kind = 'repair' AND n.base_seq IS NOT NULL AND n.created_at > o.created_at);
  -- A file that has been read is kept for a month, its counts and refusals for good.
  UPDATE import SET file = '', rules = NULL WHERE finished_at < now() - interval '30 days' AND length(file) > 0;
END $$;
