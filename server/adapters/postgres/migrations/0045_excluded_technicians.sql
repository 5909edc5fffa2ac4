-- Technicians who must not be sent to an activity: a list of ids, null where nobody is ruled out, as with nearly all work. No
-- foreign key, because a technician who is gone is sent nowhere.
ALTER TABLE activity ADD COLUMN excluded_technician_ids jsonb;
