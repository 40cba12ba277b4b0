"""What the database refuses, in the words of the constraint it refuses it by."""

from typing import Any

from django.apps import apps
from django.db import IntegrityError, connection


def sentence_of(error: IntegrityError) -> str:
    """The German sentence of the violated constraint, for the person."""
    report = getattr(error.__cause__, "diag", None)
    name = getattr(report, "constraint_name", None) or ""
    spoken = {constraint.name: constraint.violation_error_message for constraint in _constraints()}
    if name in spoken:
        return str(spoken[name])
    if report is not None and report.sqlstate == "23514" and report.message_primary.startswith("Ein "):
        return str(report.message_primary)  # our own triggers speak German themselves
    return f"Die Datenbank hat die Angaben abgelehnt, weil sie anderen widersprechen ({name or 'ohne Namen'})."


def check_deferred() -> None:
    """What the database checks at the end of a transaction it checks now, while somebody can still answer."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _constraints() -> list[Any]:
    return [constraint for model in apps.get_models() for constraint in model._meta.constraints]
