"""The database function behind the triggers of seats: it counts under a lock on the event (issue of 200 at once)."""

from django.db import migrations

# NO KEY UPDATE: the foreign keys of registrations written at the same time hold KEY SHARE, and must not wait for it.
CREATE = """
CREATE FUNCTION events_check_seats(checked bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    seats integer;
    of_each integer;
BEGIN
    SELECT capacity, per_centre INTO seats, of_each FROM events_infoevent WHERE id = checked FOR NO KEY UPDATE;
    IF (SELECT count(*) FROM events_registration WHERE event_id = checked AND state IN ('booked', 'offered')) > seats
    THEN
        RAISE EXCEPTION 'Es sind mehr Plätze vergeben, als die Veranstaltung hat.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'event_seats';
    END IF;
    IF of_each IS NOT NULL AND EXISTS (
        SELECT 1 FROM events_registration
        WHERE event_id = checked AND state IN ('booked', 'offered') AND centre_id IS NOT NULL
        GROUP BY centre_id HAVING count(*) > of_each
    ) THEN
        RAISE EXCEPTION 'Ein Familienzentrum hat mehr Plätze, als je Familienzentrum vorgesehen sind.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'event_seats_per_centre';
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, "DROP FUNCTION events_check_seats(bigint)")]
