"""Who of the auditors looks after a case."""

from django.db import transaction

from accounts.models import User
from certification.models import Case
from certification.workflow import NotAllowedError


@transaction.atomic
def assign(case: Case, *, to: User, by: User, instead_of: int | None) -> Case:
    """Give the case to an auditor. `instead_of` is the person whom the page showed, if any.

    Raises NotAllowedError where somebody else has it by now.
    """
    case = Case.objects.select_for_update(of=("self",)).select_related("auditor").get(pk=case.pk)
    _require(by.is_active and by.is_auditor, "Fälle verteilt nur die Zertifizierungsstelle.")
    _require(to.is_active and to.is_auditor, "Diese Person prüft keine Fälle.")
    _require(case.is_open, "Dieser Fall ist abgeschlossen.")
    holder = case.auditor.name if case.auditor else "niemand"
    _require(case.auditor_id in {instead_of, to.pk}, f"Zuständig ist inzwischen {holder}.")
    case.auditor = to
    case.save(update_fields=["auditor"])
    return case


def _require(condition: bool, sentence: str) -> None:
    if not condition:
        raise NotAllowedError(sentence)
