from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from centres.models import CentreKind, LetterState, RegionalYouthOffice
from certification.rules.moves import State
from config import situation
from tests.certification.admin import ministry, queries, recommended, released
from tests.certification.portal_cases import case_of, recommend
from tests.factories.accounts import UserFactory
from tests.factories.centres import FamilyCentreFactory, NetworkFactory, ProposalFactory
from tests.factories.certification import CaseFactory, CertificateFactory, ProfileFactory, RoundFactory, SealFactory
from tests.factories.post import LetterFactory, LetterTextFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 5, 5)


def listed(context: Any) -> int:
    """How many there are on a list of the admin, or on the list of letters, which shows no rows of a table."""
    return context["cl"].result_count if "cl" in context else len(context["rows"])


def entries(found: list[situation.Entry]) -> dict[str, int]:
    return {entry.label: entry.number for entry in found if entry.number}


def test_ends_count_by_day_regional_office_and_form() -> None:
    SealFactory.create(awarded_on=date(2023, 5, 5))
    SealFactory.create(awarded_on=date(2023, 5, 5), centre=NetworkFactory.create())
    SealFactory.create(awarded_on=date(2023, 5, 5), centre__youth_office__regional=RegionalYouthOffice.LWL)

    (end,) = situation.ends_of_seals(TODAY)

    assert (end.label, end.numbers, end.total, end.bars) == ("31. Juli 2027", [1, 1, 1, 0], 3, (67, 33))
    assert situation.COLUMNS[1] == (RegionalYouthOffice.LVR, CentreKind.NETWORK)


def test_ends_count_a_centre_by_its_last_seal_only() -> None:
    earlier = SealFactory.create(awarded_on=date(2022, 5, 5))
    SealFactory.create(centre=earlier.centre, awarded_on=date(2026, 5, 5), valid_from=date(2026, 8, 1))

    assert [end.label for end in situation.ends_of_seals(TODAY)] == ["31. Juli 2030"]


def test_ends_leave_out_centres_that_have_ended() -> None:
    SealFactory.create(centre__ended_on=date(2026, 1, 1), centre__end_reason="geschlossen")

    assert situation.ends_of_seals(TODAY) == []


def test_ends_gather_what_has_ended_in_one_row() -> None:
    SealFactory.create(awarded_on=date(2020, 5, 5))
    SealFactory.create(awarded_on=date(2021, 5, 5))

    (end,) = situation.ends_of_seals(TODAY)

    assert (end.label, end.total) == ("schon abgelaufen", 2)


def test_without_seal_counts_running_centres_that_never_had_one() -> None:
    SealFactory.create()
    FamilyCentreFactory.create()

    assert situation.without_seal(situation.ends_of_seals(TODAY)) == 1


def test_turns_count_the_proposals_that_wait() -> None:
    ProposalFactory.create()
    decided = {"decision": "taken_back", "decided_at": datetime(2026, 5, 5, tzinfo=UTC)}
    ProposalFactory.create(**decided, decided_by=UserFactory.create())

    assert situation.turns()[-1].number == 1


def test_turns_count_what_a_second_person_has_released() -> None:
    released()
    released(eligible=False)
    recommended(CaseFactory.create(state=State.RECOMMENDED))

    assert [entry.number for entry in situation.turns()] == [1, 1, 0, 0]


def test_cases_are_counted_by_state_while_open() -> None:
    CaseFactory.create(state=State.VISITED)
    CaseFactory.create(state=State.AWARDED)

    assert entries(situation.open_cases()) == {"begangen": 1}


def test_late_counts_what_waits_past_its_date() -> None:
    round_ = RoundFactory.create()
    CaseFactory.create(round=round_)
    CaseFactory.create(round=round_, state=State.REGISTERED)

    expected = {"nicht angemeldet, Frist vorbei": 1, "nicht eingereicht, Frist vorbei": 1}
    assert entries(situation.late(TODAY)) == expected


def test_late_counts_unanswered_questions_and_unwritten_visits() -> None:
    at, auditor = datetime(2026, 5, 4, 9, tzinfo=UTC), UserFactory.create(auditor=True)
    queried, visited = CaseFactory.create(state=State.QUERIED), CaseFactory.create(state=State.VISIT_AGREED)
    queried.queries.create(text="Wann?", due_on=date(2026, 5, 4), asked_at=at, asked_by=auditor)
    visited.visits.create(starts_at=at, visitor=auditor)

    found = entries(situation.late(TODAY))

    assert found == {"Rückfrage nicht beantwortet, Frist vorbei": 1, "Begehung vorbei, Niederschrift fehlt": 1}


def test_letters_count_what_did_not_arrive_and_what_waits() -> None:
    for state in (LetterState.FAILED, LetterState.QUEUED, LetterState.IN_FLIGHT):
        LetterFactory.create(state=state)
    LetterFactory.create(state=LetterState.SENT, sent_at=datetime(2026, 5, 4, 9, tzinfo=UTC))

    expected = {"Briefe nicht zustellbar": 1, "Briefe warten auf den Versand": 2}
    assert entries(situation.letters()) == expected


def test_certificates_count_those_not_yet_issued() -> None:
    CertificateFactory.create()
    CertificateFactory.create(issued=True)

    assert [entry.number for entry in situation.unissued()] == [1, 0]


def test_quality_profiles_count_those_not_yet_issued() -> None:
    waiting, done = (recommend(case_of(State.RECOMMENDED), released=True) for _ in range(2))
    ProfileFactory.create(outcome=waiting, issued_at=None, file="", sha256="")
    ProfileFactory.create(outcome=done)

    assert [entry.number for entry in situation.unissued()] == [0, 1]


def test_dates_show_the_next_of_the_running_rounds() -> None:
    round_ = RoundFactory.create(opened_at=datetime(2024, 10, 1, 9, tzinfo=UTC))
    RoundFactory.create(opened_at=None)

    found = [(each.day, each.label, each.round) for each in situation.dates(TODAY)]

    assert found == [(round_.visits_until, "Begehungen enden", round_)]


def test_the_page_is_the_front_page_of_the_admin(client: Client) -> None:
    ministry(client)

    response = client.get(reverse("admin:index"))

    assert (response.context["title"], "Lagebild" in response.text) == ("Lagebild", True)


@time_machine.travel("2026-05-05 12:00+02:00", tick=False)
def test_each_number_leads_to_a_list_of_as_many(client: Client) -> None:
    ministry(client)
    SealFactory.create(awarded_on=date(2023, 5, 5))
    SealFactory.create(awarded_on=date(2021, 5, 5))
    CaseFactory.create(round=RoundFactory.create())
    released()
    LetterFactory.create(state=LetterState.FAILED)
    LetterTextFactory.create(waiting=True)
    CertificateFactory.create()

    context: Any = client.get(reverse("admin:index")).context
    found = [(end.url, end.total) for end in context["ends"]]
    found += [(e.url, e.number) for name in ("turns", "cases", "late", "post") for e in context[name]]

    assert [listed(client.get(url).context) for url, _ in found] == [number for _, number in found]


def test_the_page_asks_as_often_for_three_as_for_one(client: Client) -> None:
    ministry(client)
    page = reverse("admin:index")
    SealFactory.create()
    CaseFactory.create()
    for_one = queries(client, page)
    SealFactory.create_batch(2, awarded_on=date(2021, 5, 5))
    CaseFactory.create_batch(2, round__opened_at=datetime(2024, 10, 1, 9, tzinfo=UTC))

    assert queries(client, page) == for_one <= 14


def test_the_page_is_not_for_auditors(client: Client) -> None:
    client.force_login(UserFactory.create(auditor=True))

    assert client.get(reverse("admin:index")).status_code in {302, 403}
