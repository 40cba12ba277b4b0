"""What has happened to a case: its steps, who got it from whom, and the exemptions of the team lead."""

from collections.abc import Iterable
from typing import Any

from certification.models import Assignment, Case, Exemption, Step

Line = dict[str, Any]


def history_of(case: Case, steps: Iterable[Step]) -> list[Line]:
    """The newest first."""
    lines = [_step(each) for each in steps]
    lines += [_assignment(each) for each in case.assignments.select_related("to", "instead_of", "by", "batch")]
    lines += [_exemption(each) for each in case.exemptions.select_related("auditor", "granted_by")]
    return sorted(lines, key=lambda line: (line["at"], line["order"]), reverse=True)


def _step(step: Step) -> Line:
    state = "zurückgegeben" if step.act == "send_back" else step.get_new_display()
    who = step.by.name if step.by else "automatisch"
    return {"state": state, "who": who, "at": step.at, "reason": step.reason, "order": (1, step.pk)}


def _assignment(change: Assignment) -> Line:
    before = f" statt {change.instead_of.name}" if change.instead_of else ""
    state = f"zuständig: {change.to.name}{before}"
    reason = change.note
    if batch := change.batch:
        among = "als einziger Fall" if batch.number == 1 else f"als einer von {batch.number} Fällen"
        reason = f"Verteilt {among}: {batch.reason}"
    return {"state": state, "who": change.by.name, "at": change.at, "reason": reason, "order": (0, change.pk)}


def _exemption(each: Exemption) -> Line:
    state = f"Ausnahme für {each.auditor.name}"
    reason = f"{each.about}. Zugelassen, weil: {each.reason}"
    return {
        "state": state,
        "who": each.granted_by.name,
        "at": each.granted_at,
        "reason": reason,
        "order": (0, each.pk),
    }
