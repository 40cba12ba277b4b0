"""The receipt of a hand-in: facts written with the step, a file printed once by a worker; neither ever changes."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from celery import current_app
from django.core.files.base import ContentFile
from django.db import transaction
from django.http import HttpResponse

from centres import kept
from certification.models import Answer, Case, Part, Receipt, Step
from certification.questionnaire import Section, questionnaire_of
from certification.rules.periods import HalfYear
from certification.scoring import counts_of

PRINT = "certification.tasks.print_receipt"  # by name: the tasks import the acts
read = kept.read


def write(step: Step) -> Receipt:
    """Write down what is handed in with this step; call it in the transaction of the act. A worker prints it."""
    receipt = Receipt.objects.create(step=step, facts=facts_of(step))
    # Where the broker does not answer, the sweep of forgotten receipts finds it.
    transaction.on_commit(lambda: current_app.send_task(PRINT, [receipt.pk]), robust=True)
    return receipt


@transaction.atomic
def print_once(receipt: Receipt, *, at: datetime) -> Receipt:
    """Print the receipt and store the file with its hash. Safe any number of times and in parallel."""
    waiting = Receipt.objects.select_for_update(skip_locked=True).unprinted().filter(pk=receipt.pk).first()
    if waiting is None:
        return Receipt.objects.get(pk=receipt.pk)
    # Late: it imports WeasyPrint, which takes a second and needs Pango; only workers print.
    from certification.pdf import receipt as press  # noqa: PLC0415

    content = press.render(waiting.facts)
    waiting.file.save(f"quittung-{waiting.step_id}.pdf", ContentFile(content), save=False)
    waiting.sha256 = hashlib.sha256(content).hexdigest()
    waiting.printed_at = at
    waiting.save(update_fields=["file", "sha256", "printed_at"])
    return waiting


def receipt_response(receipt: Receipt) -> HttpResponse:
    """The file as a download, byte for byte; the view has asked who may. Raises DamagedFileError."""
    return kept.download(receipt, f"Quittung {receipt.facts['certification_number']}.pdf")


def facts_of(step: Step) -> dict[str, Any]:
    """Who handed in what and when, in words that need no database to be read later. Four queries."""
    case, found = step.case, questionnaire_of(step.case)
    return {
        "centre": case.centre.name,
        "certification_number": case.centre.certification_number,
        "procedure": case.round.get_procedure_display(),
        "round": case.round.label,
        "edition": str(case.round.edition),
        "handed_in_at": step.at.isoformat(),
        "handed_in_by": step.by.name if step.by else "",
        "answered": found.answered,
        "total": found.total,
        "halves": [half.label for half in found.halves],
        "areas": [_area(section, found.answers, found.halves) for section in found.sections],
        "evidence": _evidence(case),
    }


def _area(section: Section, answers: Any, halves: Iterable[HalfYear]) -> dict[str, Any]:
    return {
        "number": section.area.number,
        "name": section.area.name,
        "criteria": [
            {
                "code": item.criterion.code,
                "title": item.criterion.title,
                "parts": [_part(part, answers.get(part.pk), list(halves)) for part in item.parts],
            }
            for item in section.items
        ],
    }


def _part(part: Part, answer: Answer | None, halves: list[HalfYear]) -> dict[str, Any]:
    said = {"code": part.code, "asked": part.text, "said": "keine Angabe", "text": "", "counts": [], "dates": []}
    if answer is None:
        return said
    return said | {
        "said": answer.get_value_display() or "keine Angabe",
        "text": answer.text,
        "counts": list(counts_of(answer, halves)) if part.counted else [],
        "dates": [day.isoformat() for day in answer.offers],
    }


def _evidence(case: Case) -> list[dict[str, Any]]:
    """What lay beside the answers: each piece once, with the criteria it was used for and the hash of its file."""
    pieces: dict[int, dict[str, Any]] = {}
    uses = case.evidence_uses.select_related("evidence", "criterion__area")
    for use in uses.order_by("criterion__area__number", "criterion__position", "pk"):
        piece = use.evidence
        said = {"title": piece.title, "kind": piece.get_kind_display(), "sha256": piece.sha256, "criteria": []}
        pieces.setdefault(piece.pk, said)["criteria"].append(use.criterion.code)
    return list(pieces.values())
