"""A person's private calendar: what stands in it, who can read it, and that it stops at once."""

from datetime import date, timedelta
from typing import Any

import icalendar
import pytest
from django.test import Client
from pytest_django import Settings
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.models import User
from centres import feeds
from centres.models import CalendarFeed, Membership
from certification.models import Case
from certification.rules.moves import State
from tests.certification.admin import queries
from tests.certification.portal_cases import AT, TODAY, case_of, deputy, lead
from tests.factories.accounts import UserFactory
from tests.factories.centres import MembershipFactory
from tests.factories.certification import CaseFactory, SealFactory

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(AT)]
PAGE = "/portal/kalender/"


def address(user: User) -> str:
    return f"{PAGE}{feeds.give(user, at=AT).token}/familienzentrum.ics"


def summaries(page: str) -> list[str]:
    response = Client().get(page)
    assert response.status_code == 200
    calendar = icalendar.Calendar.from_ical(response.content)
    return [str(event["summary"]) for event in calendar.walk("VEVENT")]


def test_calendar_holds_dates_visits_questions_and_seal() -> None:
    case, auditor = case_of(State.INVITED, name="Sonne"), UserFactory.create(auditor=True, name="Paul Geheim")
    case.queries.create(text="Wann?", due_on=date(2026, 3, 9), asked_at=AT, asked_by=auditor)
    case.visits.create(starts_at=AT + timedelta(days=30), visitor=auditor)
    SealFactory.create(centre=case.centre, awarded_on=date(2023, 5, 5))

    page = address(lead(case))

    assert summaries(page) == [
        "Teilnahme bestätigen: Sonne",
        "Unterlagen einreichen: Sonne",
        "Begehung: Sonne",
        "Rückfrage beantworten: Sonne",
        "Gütesiegel endet: Sonne",
    ]
    assertNotContains(Client().get(page), "Geheim")
    assertNotContains(Client().get(page), "Wann?")


def test_calendar_holds_nothing_of_another_centre_and_nothing_that_is_over() -> None:
    own = case_of(State.AWARDED)
    case_of(State.INVITED, name="Fremd")

    assert summaries(address(lead(own))) == []


def test_calendar_stops_at_once_when_the_task_ends() -> None:
    case = case_of(State.REGISTERED, name="Sonne")
    page = address(deputy(case))
    tag = Client().get(page)["ETag"]
    assert summaries(page) == ["Unterlagen einreichen: Sonne"]

    Membership.objects.update(ends_on=TODAY - timedelta(days=1))

    assert summaries(page) == []
    assert Client().get(page, headers={"if-none-match": tag}).status_code == 200


def test_calendar_is_not_sent_again_while_nothing_has_changed() -> None:
    page = address(lead(case_of(State.REGISTERED)))
    first = Client().get(page)

    again = Client().get(page, headers={"if-none-match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert first["Cache-Control"] == "private, no-cache"


def test_date_that_moves_changes_the_tag() -> None:
    case = case_of(State.REGISTERED)
    page = address(lead(case))
    first = Client().get(page)["ETag"]

    type(case.round).objects.update(submission_until=case.round.submission_until + timedelta(days=1))

    assert Client().get(page)["ETag"] != first


def test_calendar_gives_programs_no_cookie(client: Client) -> None:
    response = client.get(address(lead(case_of(State.REGISTERED))))

    assert list(response.cookies) == []


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_calendar_is_for_reading(client: Client, method: str) -> None:
    assert getattr(client, method)(address(lead(case_of()))).status_code == 405


def test_old_address_shows_nothing_after_a_new_one_was_given(client: Client) -> None:
    person = lead(case_of())
    client.force_login(person)
    old = address(person)

    assertRedirects(client.post(PAGE, {"act": "renew"}), PAGE)

    assert client.get(old).status_code == 404
    assert client.get(f"{PAGE}{CalendarFeed.objects.get().token}/familienzentrum.ics").status_code == 200


def test_revoked_address_shows_nothing(client: Client) -> None:
    person = lead(case_of())
    client.force_login(person)
    page = address(person)

    client.post(PAGE, {"act": "revoke"})

    assert client.get(page).status_code == 404
    assertContains(client.get(PAGE), "Kalender einrichten")


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": "auditor"}])
def test_address_of_someone_who_has_no_business_here_shows_nothing(change: dict[str, Any]) -> None:
    person = lead(case_of())
    page = address(person)

    User.objects.filter(pk=person.pk).update(**change)

    assert Client().get(page).status_code == 404


def test_address_cannot_be_made_from_what_is_stored(settings: Settings) -> None:
    feed = feeds.give(lead(case_of()), at=AT)
    token = feed.token

    assert feed.key != token
    assert Client().get(f"{PAGE}{feed.key}/familienzentrum.ics").status_code == 404
    settings.SECRET_KEY = "another installation"
    assert Client().get(f"{PAGE}{token}/familienzentrum.ics").status_code == 404


def test_page_gives_an_address_and_shows_it_again(client: Client, settings: Settings) -> None:
    settings.SITE_URL = "https://fz.example.org"
    client.force_login(lead(case_of()))
    client.post(PAGE, {"act": "give"})

    token = CalendarFeed.objects.get().token

    assertContains(client.get(PAGE), f"https://fz.example.org{PAGE}{token}/familienzentrum.ics")
    assertContains(client.get(PAGE), f"webcal://fz.example.org{PAGE}{token}/familienzentrum.ics")


def test_page_shows_nobody_elses_address(client: Client) -> None:
    case = case_of()
    other = feeds.give(deputy(case), at=AT)
    client.force_login(lead(case))

    assertNotContains(client.get(PAGE), other.key)


def test_page_is_for_centres(client: Client) -> None:
    assert client.get(PAGE)["Location"].startswith("/konto/anmelden/")
    client.force_login(UserFactory.create(auditor=True))
    assertRedirects(client.get(PAGE), "/", fetch_redirect_response=False)
    assert client.post(PAGE, {"act": "give"}).status_code == 403


def test_calendar_asks_as_often_for_three_as_for_one(client: Client) -> None:
    person = lead(case_of(State.REGISTERED))
    page = address(person)
    for_one = queries(client, page)
    for _ in range(2):
        centre = MembershipFactory.create(user=person).centre
        CaseFactory.create(centre=centre, state=State.REGISTERED, round=Case.objects.earliest("pk").round)

    assert len(summaries(page)) == 3
    assert queries(client, page) == for_one <= 9
