from dataclasses import replace
from datetime import date, timedelta

import pytest

from certification.next_step import (
    FRESH_DAYS,
    NOTHING,
    Situation,
    is_fresh,
    may_withdraw,
    next_step,
    shown_state,
    step_without_case,
)
from certification.rules.moves import FINAL, State
from certification.task_list import tasks

TODAY = date(2026, 2, 2)
BASE = Situation(
    state=State.INVITED,
    procedure="Re-Zertifizierung",
    registration_until=date(2026, 2, 10),
    submission_until=date(2026, 2, 28),
    audit_until=date(2026, 1, 31),
    results_until=date(2026, 7, 15),
    criteria=80,
)
INSIDE = [State.IN_REVIEW, State.VISITED, State.RECOMMENDED]


def at(state: State, **known: object) -> Situation:
    return replace(BASE, state=state, **known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("situation", "title", "link"),
    [
        (at(State.INVITED), "Teilnahme bestätigen", "register"),
        (at(State.REGISTERED), "Fragebogen ausfüllen", "questionnaire"),
        (at(State.REGISTERED, answered=80), "Unterlagen einreichen", "submit"),
        (at(State.SUBMITTED), NOTHING, ""),
        (at(State.IN_REVIEW), NOTHING, ""),
        (at(State.QUERIED, query_due=date(2026, 2, 9)), "Rückfrage beantworten", "answer"),
        (at(State.VISIT_AGREED, visit_on=date(2026, 2, 20)), "Begehung vorbereiten", "visit"),
        (at(State.IN_REVIEW, offers=3), "Termin für die Begehung wählen", "visit"),
        (at(State.QUERIED, queries=2), "Rückfragen beantworten", "answer"),
        (at(State.RECOMMENDED, offers=0), NOTHING, ""),
        (at(State.VISIT_AGREED, visit_on=date(2026, 2, 1)), NOTHING, ""),
        (at(State.VISITED), NOTHING, ""),
        (at(State.RECOMMENDED), NOTHING, ""),
        (at(State.RECOMMENDED, eligible=True), "Ergebnis lesen", "result"),
        (at(State.AWARDED, eligible=True), "Ergebnis lesen", "result"),
        (at(State.AWARDED, eligible=True, certificate_ready=True), "Urkunde herunterladen", "result"),
        (at(State.NOT_AWARDED, eligible=False), "Ergebnis lesen", "result"),
        (at(State.WITHDRAWN), "Dieses Verfahren ist beendet", ""),
        (at(State.MISSED), "Dieses Verfahren ist beendet", ""),
        (at(State.SUPERSEDED), "Dieses Verfahren ist beendet", ""),
    ],
)
def test_there_is_one_next_step_in_each_situation(situation: Situation, title: str, link: str) -> None:
    step = next_step(situation, today=TODAY)

    assert (step.title, step.link) == (title, link)


def test_due_day_is_told_in_words_with_the_days_left() -> None:
    step = next_step(BASE, today=TODAY)

    assert step.due_in_words(TODAY) == "10. Februar 2026, noch 8 Tage"


def test_a_step_without_a_date_tells_none() -> None:
    assert next_step(at(State.SUBMITTED), today=TODAY).due_in_words(TODAY) == ""


def test_late_registration_is_possible_until_the_papers_are_due() -> None:
    step = next_step(BASE, today=date(2026, 2, 28))

    assert (step.link, step.due) == ("register", date(2026, 2, 28))


def test_registration_after_the_papers_were_due_leads_to_the_certification_body() -> None:
    step = next_step(BASE, today=date(2026, 3, 1))

    assert (step.title, step.link) == ("Wenden Sie sich an die Zertifizierungsstelle", "")


@pytest.mark.parametrize(
    ("answered", "text", "effort"),
    [
        (0, "Beantworten Sie die 80 Kriterien.", "7 Stunden, auch in Etappen"),
        (70, "Es fehlen noch 10 von 80 Kriterien.", "50 Minuten"),
        (68, "Es fehlen noch 12 von 80 Kriterien.", "1 Stunde"),
        (79, "Es fehlt noch 1 von 80 Kriterien.", "5 Minuten"),
    ],
)
def test_questionnaire_says_what_is_left(answered: int, text: str, effort: str) -> None:
    step = next_step(at(State.REGISTERED, answered=answered), today=TODAY)

    assert step.text.startswith(text)
    assert step.effort == effort


def test_overdue_papers_are_still_asked_for() -> None:
    step = next_step(at(State.REGISTERED, answered=3), today=date(2026, 3, 1))

    assert step.text.startswith("Die Frist ist vorbei. Bitte reichen Sie sofort ein")


def test_complete_answers_may_still_grow_while_the_audit_period_runs() -> None:
    step = next_step(at(State.REGISTERED, answered=80, audit_until=date(2026, 2, 20)), today=TODAY)

    assert step.text.endswith("Bis zum 20. Februar 2026 zählen auch weitere Angebote.")


def test_between_cases_the_page_names_the_next_renewal() -> None:
    step = step_without_case(date(2030, 7, 31), today=TODAY)

    assert (step.title, step.waiting) == (NOTHING, "niemand auf Sie")
    assert "im Herbst 2028 ein. Der Prüfzeitraum geht dann vom 1. Januar 2029 bis zum 31. Januar 2030" in step.text


@pytest.mark.parametrize("ended", [None, date(2026, 2, 1)])
def test_without_seal_and_case_the_way_leads_to_the_youth_office(ended: date | None) -> None:
    assert step_without_case(ended, today=TODAY).title == "Sprechen Sie mit Ihrem Jugendamt"


@pytest.mark.parametrize("state", INSIDE)
def test_nothing_tells_how_far_the_review_has_got(state: State) -> None:
    known = at(state, submitted_on=TODAY, visit_on=date(2026, 1, 20))
    first = replace(known, state=State.IN_REVIEW)

    assert shown_state(known) == ("in Prüfung", "info")
    assert next_step(known, today=TODAY) == next_step(first, today=TODAY)
    assert tasks(known, today=TODAY) == tasks(first, today=TODAY)
    assert may_withdraw(known)


def test_a_released_outcome_shows() -> None:
    known = at(State.RECOMMENDED, eligible=False, submitted_on=TODAY)

    assert shown_state(known) == ("Ergebnis liegt vor", "info")
    assert not may_withdraw(known)


@pytest.mark.parametrize(
    ("situation", "states"),
    [
        (at(State.INVITED), ["Jetzt", "Möglich", "Später", "Später", "Später", "Später", "Später"]),
        (at(State.REGISTERED), ["Erledigt", "Jetzt", "Möglich", "Später", "Später", "Später", "Später"]),
        (
            at(State.REGISTERED, answered=80),
            ["Erledigt", "Erledigt", "Jetzt", "Später", "Später", "Später", "Später"],
        ),
        (
            at(State.QUERIED, submitted_on=TODAY, query_due=date(2026, 2, 1)),
            ["Erledigt", "Erledigt", "Erledigt", "Überfällig", "Später", "Später", "Später"],
        ),
        (
            at(State.VISIT_AGREED, submitted_on=TODAY, visit_on=date(2026, 2, 20)),
            ["Erledigt", "Erledigt", "Erledigt", "Läuft", "Vereinbart", "Später", "Später"],
        ),
        (
            at(State.RECOMMENDED, submitted_on=TODAY, eligible=True),
            ["Erledigt", "Erledigt", "Erledigt", "Erledigt", "Entfällt", "Liegt vor", "Später"],
        ),
        (
            at(State.AWARDED, submitted_on=TODAY, eligible=True, visit_on=TODAY),
            ["Erledigt", "Erledigt", "Erledigt", "Erledigt", "Erledigt", "Liegt vor", "Wird erstellt"],
        ),
        (
            at(State.NOT_AWARDED, submitted_on=TODAY, eligible=False, visit_on=TODAY),
            ["Erledigt", "Erledigt", "Erledigt", "Erledigt", "Erledigt", "Liegt vor", "Entfällt"],
        ),
        (at(State.MISSED), ["Entfällt"] * 7),
        (
            at(State.WITHDRAWN, submitted_on=TODAY),
            ["Erledigt", "Erledigt", "Erledigt", "Entfällt", "Entfällt", "Entfällt", "Entfällt"],
        ),
    ],
)
def test_tasks_say_where_each_stands(situation: Situation, states: list[str]) -> None:
    assert [task.status for task in tasks(situation, today=TODAY)] == states


def test_papers_not_handed_in_in_time_are_overdue() -> None:
    late = tasks(at(State.REGISTERED, answered=3), today=date(2026, 3, 1))

    assert [(task.status, task.tone) for task in late[1:3]] == [("Überfällig", "danger")] * 2


def test_registration_that_is_over_leads_nowhere() -> None:
    assert tasks(BASE, today=date(2026, 3, 1))[0].link == ""


@pytest.mark.parametrize("state", list(State))
def test_every_state_has_a_step_a_label_and_tasks(state: State) -> None:
    known = at(state, visit_on=TODAY, query_due=TODAY)

    assert next_step(known, today=TODAY).text
    assert shown_state(known)[0]
    assert len(tasks(known, today=TODAY)) == 7


@pytest.mark.parametrize("state", list(State))
def test_closed_cases_leave_the_front_after_a_while(state: State) -> None:
    last = TODAY + timedelta(days=FRESH_DAYS)

    assert is_fresh(state, TODAY, today=last)
    assert is_fresh(state, TODAY, today=last + timedelta(days=1)) == (state not in FINAL)
