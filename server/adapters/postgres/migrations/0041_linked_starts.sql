-- Activities that hang together: two technicians at one visit, and one piece of work after another. No foreign key, because
-- a link to work that is done or gone binds nobody, and taking work away must not touch what was linked to it.
ALTER TABLE activity ADD COLUMN starts_with text;
ALTER TABLE activity ADD COLUMN starts_after jsonb;
-- Few activities have a link; who is about to move one asks what is linked to it.
CREATE INDEX activity_starts_with ON activity (company_id, starts_with) WHERE starts_with IS NOT NULL;
CREATE INDEX activity_starts_after ON activity (company_id, (starts_after->>'activityId')) WHERE starts_after IS NOT NULL;
