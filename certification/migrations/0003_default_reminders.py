"""The default reminders (design.md § 4); the ministry changes them in the admin."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from certification.rules.reminders import REGISTRATION_OFFSETS, SEAL_OFFSETS, SUBMISSION_OFFSETS

DEFAULTS = {"seal": SEAL_OFFSETS, "registration": REGISTRATION_OFFSETS, "submission": SUBMISSION_OFFSETS}


def create_rules(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    rule = apps.get_model("certification", "ReminderRule")
    rule.objects.bulk_create(
        rule(chain=chain, key=offset.key, months=offset.months, days=offset.days)
        for chain, offsets in DEFAULTS.items()
        for offset in offsets
    )


class Migration(migrations.Migration):
    dependencies = [("certification", "0002_reminder_rules")]
    operations = [migrations.RunPython(create_rules, migrations.RunPython.noop)]
