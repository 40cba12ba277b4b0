"""Cases opened before rounds became facts of their centres: the room of events reads those."""

from django.db import migrations

STATE = """
INSERT INTO centres_centrefact (centre_id, kind, key, label, since, over_on)
SELECT c.centre_id, 'round', 'round-' || r.id, r.label, (r.opened_at AT TIME ZONE 'Europe/Berlin')::date,
    CASE WHEN c.state IN ('awarded', 'not_awarded', 'withdrawn', 'missed', 'superseded')
    THEN (c.state_since AT TIME ZONE 'Europe/Berlin')::date END
FROM certification_case c JOIN certification_round r ON r.id = c.round_id
WHERE r.opened_at IS NOT NULL
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("certification", "0005_wording"), ("centres", "0007_facts")]
    operations = [migrations.RunSQL(STATE, migrations.RunSQL.noop)]
