from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from certification.rules.reminders import DEFAULT_OFFSETS


class CertificationConfig(AppConfig):
    name = "certification"
    verbose_name = "Zertifizierung"

    def ready(self) -> None:
        post_migrate.connect(create_default_reminders, sender=self)


def create_default_reminders(sender: AppConfig, **_: Any) -> None:
    """Every chain starts with the reminders of design.md § 4; the ministry changes them or switches them off."""
    rule = sender.get_model("ReminderRule")
    rules = rule._default_manager
    there = set(rules.values_list("chain", flat=True))
    rules.bulk_create(
        rule(chain=chain, key=offset.key, months=offset.months, days=offset.days)
        for chain, offsets in DEFAULT_OFFSETS.items()
        for offset in offsets
        if chain not in there
    )
