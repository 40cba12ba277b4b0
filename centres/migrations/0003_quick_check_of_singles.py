"""The check of single centres looks for overlaps only where there is more than one row to overlap."""

from django.db import migrations

REPLACE = """
CREATE OR REPLACE FUNCTION centres_check_single(checked bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    running boolean;
    rows_in_all integer;
    facilities integer;
BEGIN
    SELECT ended_on IS NULL INTO running FROM centres_familycentre WHERE id = checked AND kind = 'single';
    IF NOT FOUND THEN RETURN; END IF;
    SELECT count(*), count(*) FILTER (WHERE ends_on IS NULL) INTO rows_in_all, facilities
    FROM centres_networkmembership WHERE centre_id = checked;
    IF rows_in_all > 1 AND EXISTS (
        SELECT 1 FROM centres_networkmembership a JOIN centres_networkmembership b
        ON a.centre_id = checked AND b.centre_id = checked AND a.id < b.id
        AND daterange(a.starts_on, a.ends_on, '[]') && daterange(b.starts_on, b.ends_on, '[]')
    ) THEN
        RAISE EXCEPTION 'Ein Einzel-Familienzentrum hat zu jeder Zeit genau eine Einrichtung.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'single_has_one_facility';
    END IF;
    IF running AND facilities <> 1 THEN
        RAISE EXCEPTION 'Ein Einzel-Familienzentrum hat genau eine Einrichtung, hier sind es %.', facilities
        USING ERRCODE = 'check_violation', CONSTRAINT = 'single_has_one_facility';
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("centres", "0002_single_has_one_facility")]
    operations = [migrations.RunSQL(REPLACE, migrations.RunSQL.noop)]
