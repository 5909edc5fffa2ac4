-- Pointers for sockets: where technicians' inboxes stand, and the epoch that tells a rewound history from a grown one.

CREATE FUNCTION inbox_heads(p_ids text[])
  RETURNS TABLE (company_id text, technician_id text, seq bigint, received bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT t.company_id, t.id, t.inbox_seq, t.inbox_received FROM technician t WHERE t.id = ANY (p_ids)
$$;
REVOKE ALL ON FUNCTION inbox_heads(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION inbox_heads(text[]) TO {{app}};
