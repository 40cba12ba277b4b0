"""The date into the keys of reminders: what is extended or moved is reminded of again, and an upgrade writes to nobody.

A letter gets the date it spoke of: `useful_through` tells it of every reminder that falls due up to its date. Where it
is not known, and for what is held and not yet written, it is the date that stands now.
"""

from typing import Any

from django.db import migrations

STEMS = """
    SELECT 'seal-' || id AS stem, 'seal' AS chain, valid_through AS day FROM certification_seal
    UNION ALL
    SELECT 'case-' || dated.id || '/' || chain, chain, CASE chain WHEN 'registration' THEN registration_until
        ELSE submission_until END
    FROM certification_case AS dated JOIN certification_round AS held ON held.id = dated.round_id,
        unnest(ARRAY['registration', 'submission']) AS chain
"""
PARTS = r"'^(seal-\d+|case-\d+/(?:registration|submission))/([^/]+)'"
UNDATED = r"'^(seal-\d+|case-\d+/(registration|submission))/(?!\d{4}-\d\d-\d\d/)'"
LETTERS = f"""
    UPDATE centres_letter SET key = dated.key FROM (
        SELECT letter.id, stem || '/' || coalesce(
            CASE WHEN rule.months <= 0 AND rule.days <= 0 THEN letter.useful_through END, day
        ) || substr(letter.key, length(stem) + 1) AS key
        FROM centres_letter AS letter
        JOIN ({STEMS}) AS thing ON stem = (regexp_match(letter.key, {PARTS}))[1]
        LEFT JOIN certification_reminderrule AS rule
            ON rule.chain = thing.chain AND rule.key = (regexp_match(letter.key, {PARTS}))[2]
        WHERE letter.key ~ {UNDATED}
    ) AS dated WHERE dated.id = centres_letter.id
"""  # noqa: S608
HOLDS = f"""
    UPDATE centres_hold SET occasion = stem || '/' || day || substr(occasion, length(stem) + 1)
    FROM ({STEMS}) AS thing
    WHERE stem = (regexp_match(occasion, {PARTS}))[1] AND occasion ~ {UNDATED}
"""  # noqa: S608


def date_keys(apps: Any, schema_editor: Any) -> None:
    schema_editor.execute(LETTERS, params=None)
    schema_editor.execute(HOLDS, params=None)


class Migration(migrations.Migration):
    dependencies = [("certification", "0012_receipts"), ("centres", "0012_letter_texts")]

    # Back again the dates may stay: the older code would write anew, but so it would for want of the keys.
    operations = [migrations.RunPython(date_keys, migrations.RunPython.noop)]
