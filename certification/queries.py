"""Marks on criteria that are still to be asked, and how they become questions in one letter."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from certification import workflow
from certification.models import Case, Finding, Query, Step, Verdict
from certification.workflow import Question


def marks_of(case: Case) -> QuerySet[Finding]:
    """What is marked "query" and has not been sent, in the order of the catalogue."""
    marked = Finding.objects.filter(case=case, verdict=Verdict.QUERY, query=None)
    return marked.select_related("part__criterion__area").order_by(
        "part__criterion__area__number", "part__criterion__position", "part__alternative", "part"
    )


def ask_marked(case: Case, *, by: User, at: datetime, questions: Sequence[Question], working_days: int) -> Step:
    """Ask, and tie each mark to the question that was made of it; what was left out stays marked."""
    with transaction.atomic():
        step = workflow.ask(case, by=by, at=at, questions=questions, working_days=working_days)
        asked = list(case.queries.filter(asked_at=at, asked_by=by).order_by("pk"))
        for mark in marks_of(case):
            query = _made_of(mark, asked)
            if query:
                asked.remove(query)
                Finding.objects.filter(pk=mark.pk).update(query=query)
    return step


def _made_of(mark: Finding, asked: Sequence[Query]) -> Query | None:
    """The question about the same criterion: the one with the mark's words, else the first, as words are polished."""
    about = [query for query in asked if query.criterion_id == mark.part.criterion_id]
    same = (query for query in about if query.text == mark.question)
    return next(same, about[0] if about else None)
