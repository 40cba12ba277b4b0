"""What the page of a case says about reminders of an open question, and when the review goes on by itself."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from centres.models import Letter, LetterState
from certification import unanswered
from certification.calendars import work_calendar
from certification.models import Case, Query
from certification.rules.moves import State
from certification.rules.periods import long_date
from certification.unanswered import OVERDUE
from tests.certification.moves import AT
from tests.certification.reviewing import auditor, signed_in, url
from tests.factories.certification import CaseFactory
from tests.factories.post import LetterFactory

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def queried(due_on: date, **fields: Any) -> Case:
    case: Case = CaseFactory.create(state=State.QUERIED)
    Query.objects.create(case=case, text="Wann?", due_on=due_on, asked_at=AT, asked_by=auditor(), **fields)
    return case


def reminded(case: Case, due_on: date, *, template: str = OVERDUE, **fields: Any) -> Letter:
    key = f"{unanswered.key_of(case.pk, due_on)}/day-after"
    return LetterFactory.create(centre=case.centre, key=key, template=template, to_name="Ina Krüger", **fields)


def page_of(case: Case) -> Any:
    return signed_in(auditor()).get(url("case", case))


def test_before_the_end_of_the_period_it_says_what_will_happen() -> None:
    page = page_of(queried(TODAY() + timedelta(days=3)))

    assertContains(page, "Noch ist keine Erinnerung geschrieben.")
    assertContains(page, "5 Arbeitstage, nachdem diese Erinnerung wirklich zugestellt ist")


@pytest.mark.parametrize(
    ("state", "fields", "words"),
    [
        (LetterState.QUEUED, {}, "wartet auf den Versand"),
        (LetterState.RETRYING, {}, "wird erneut versucht"),
        (LetterState.FAILED, {"error": "550 unbekannt"}, "550 unbekannt"),
    ],
)
def test_a_reminder_that_did_not_arrive_starts_nothing(state: str, fields: dict[str, str], words: str) -> None:
    due_on = TODAY() - timedelta(days=20)
    case = queried(due_on)
    reminded(case, due_on, state=state, **fields)

    page = page_of(case)

    assertContains(page, words)
    assertContains(page, "Ina Krüger, nach Ablauf der Frist")
    assertContains(page, "Von selbst geht die Prüfung erst weiter, wenn eine angekommen ist")


def test_the_next_step_counts_from_the_reminder_really_sent() -> None:
    due_on, sent_at = date(2026, 3, 2), datetime(2026, 3, 4, 9, tzinfo=timezone.get_current_timezone())
    case = queried(due_on)
    reminded(case, due_on, state=LetterState.SENT, sent_at=sent_at)

    page = page_of(case)

    last = unanswered.goes_on_after(case, work_calendar())
    assert last == date(2026, 3, 11)
    assertContains(page, "seit dem 4. März 2026 zugestellt")
    assertContains(page, f"nach dem {long_date(last)} von selbst weiter")


def test_a_reminder_of_an_earlier_period_does_not_count() -> None:
    case = queried(TODAY() - timedelta(days=1))
    reminded(case, TODAY() - timedelta(days=30), state=LetterState.SENT, sent_at=AT)

    assertContains(page_of(case), "ist noch keine Erinnerung zugestellt")


def test_while_the_period_stands_still_nothing_happens() -> None:
    page = page_of(queried(TODAY() + timedelta(days=3), paused_on=TODAY()))

    assertContains(page, "Die Frist ist angehalten: Es wird nicht erinnert")


def test_without_an_open_question_there_is_nothing_to_say() -> None:
    case = queried(TODAY())
    Case.objects.update(state=State.IN_REVIEW)

    assertNotContains(page_of(case), "Erinnerungen an das Familienzentrum")
