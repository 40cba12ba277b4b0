"""Questions of the auditor and the answers of the centre."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from centres import post
from certification import letters
from certification.models import Case, Query, Step
from certification.workflow.acting import move, require, take


@transaction.atomic
def ask(case: Case, *, by: User, at: datetime, text: str, due_on: date) -> Step:
    """Ask the centre a question. The letter carries no content, only the way to it."""
    case = take(case, "ask", by=by, at=at)
    require(bool(text.strip()), "Bitte schreiben Sie Ihre Frage.")
    require(due_on > timezone.localdate(at), "Bitte wählen Sie für die Antwort einen Tag in der Zukunft.")
    query = Query.objects.create(case=case, text=text.strip(), due_on=due_on, asked_at=at, asked_by=by)
    return move(case, "ask", by=by, at=at, context={"query": query})


@transaction.atomic
def answer(case: Case, *, by: User, at: datetime, text: str) -> Step:
    """Answer the open question; the auditor hears of it as well."""
    case = take(case, "answer", by=by, at=at)
    require(bool(text.strip()), "Bitte schreiben Sie Ihre Antwort.")
    case.queries.filter(answered_at=None).update(answer=text.strip(), answered_at=at, answered_by=by)
    step = move(case, "answer", by=by, at=at)
    if case.auditor:
        post.write_to_staff(
            case.auditor,
            "staff_query_answered",
            key=f"step-{step.pk}/auditor",
            rule="answer/auditor",
            why=letters.why(step),
            at=at,
            case=case,
            centre=case.centre,
        )
    return step
