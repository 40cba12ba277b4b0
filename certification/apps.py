import tomllib
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from certification.rules.reminders import DEFAULT_OFFSETS

SCHOOL_HOLIDAYS = Path(__file__).parent / "catalogues" / "schulferien-nrw.toml"


class CertificationConfig(AppConfig):
    name = "certification"
    verbose_name = "Zertifizierung"

    def ready(self) -> None:
        post_migrate.connect(create_default_reminders, sender=self)
        post_migrate.connect(create_known_school_holidays, sender=self)


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


def create_known_school_holidays(sender: AppConfig, **_: Any) -> None:
    """A database without any has those of the file, marked by their source; the ministry corrects and adds."""
    row = sender.get_model("SchoolHolidays")
    if not row._default_manager.exists():
        known = tomllib.loads(SCHOOL_HOLIDAYS.read_text(encoding="utf-8"))["holidays"]
        row._default_manager.bulk_create(
            row(name=each["name"], starts_on=each["days"][0], ends_on=each["days"][1], source=each["source"])
            for each in known
        )
