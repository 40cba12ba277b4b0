"""Acts on what auditors keep at hand: quotes from the evidence and notes about a case."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from certification.findings import REVIEWING
from certification.models import Case, CaseNote, Criterion, Evidence, EvidenceUse, Quote
from certification.workflow import NotAllowedError


@transaction.atomic
def quote(
    case: Case, evidence: Evidence, *, criterion: Criterion, page: int, text: str, by: User, at: datetime
) -> Quote:
    """Keep a place in a piece of evidence that was handed in with the case. Raises NotAllowedError."""
    _require_review(case, by)
    if not EvidenceUse.objects.handed_in().filter(case=case, evidence=evidence, criterion=criterion).exists():
        raise NotAllowedError("Dieser Nachweis liegt bei dem Kriterium nicht vor.")
    if not 1 <= page <= (evidence.pages or 1):
        raise NotAllowedError(f"Diese Seite gibt es nicht. Der Nachweis hat {evidence.pages or 1} Seiten.")
    if not text.strip():
        raise NotAllowedError("Bitte geben Sie den Wortlaut an.")
    return Quote.objects.create(
        case=case, evidence=evidence, criterion=criterion, page=page, text=text.strip(), by=by, at=at
    )


@transaction.atomic
def take_back_quote(quote: Quote, *, by: User) -> None:
    """Whoever quoted it may take it back while the review goes on."""
    _require_review(quote.case, by)
    if quote.by_id != by.pk:
        raise NotAllowedError("Ein Zitat entfernt nur, wer es festgehalten hat.")
    quote.delete()


@transaction.atomic
def write_note(case: Case, *, text: str, by: User, at: datetime) -> CaseNote:
    """Tell the other auditors something about the case, wherever it stands."""
    _require_auditor(by)
    if not text.strip():
        raise NotAllowedError("Bitte schreiben Sie Ihre Notiz.")
    return CaseNote.objects.create(case=case, text=text.strip(), by=by, at=at)


def _require_review(case: Case, by: User) -> None:
    _require_auditor(by)
    state = Case.objects.select_for_update(of=("self",)).get(pk=case.pk).state
    if state not in REVIEWING:
        raise NotAllowedError("Zitate lassen sich nur während der Prüfung ändern.")


def _require_auditor(by: User) -> None:
    if not (by.is_active and by.is_auditor):
        raise NotAllowedError("Das ist Sache der Zertifizierungsstelle.")
