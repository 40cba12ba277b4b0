"""Tomorrow's letters in the admin: seen, read and held before they are written."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from centres import holds
from centres.models import Hold, Letter
from certification import reminders
from certification.models import Seal
from tests.certification.admin import AT, ministry, queries
from tests.factories.accounts import UserFactory
from tests.factories.centres import MembershipFactory
from tests.factories.certification import SealFactory

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(AT, tick=False)]
TOMORROW = date(2026, 5, 6)
PREVIEW = "/admin/certification/reminderrule/vorschau/"
RULE = "seal/3-months"


@pytest.fixture
def seal() -> Seal:
    """Its three months are on 30 April: tomorrow's run writes what the last ones have missed."""
    found: Seal = SealFactory.create(awarded_on=date(2022, 5, 5))
    return found


def thing(seal: Seal) -> str:
    return urlencode({"tag": TOMORROW, "anlass": f"seal-{seal.pk}/2026-07-31/3-months"})


def test_each_row_names_the_people_and_leads_to_the_letter(client: Client, seal: Seal) -> None:
    lead = MembershipFactory.create(centre=seal.centre).user
    ministry(client)

    (row,) = client.get(PREVIEW).context["rows"]

    assert ([each.email for each in row.recipients], row.query, row.hold) == ([lead.email], thing(seal), None)


def test_a_day_and_a_rule_are_chosen(client: Client, seal: Seal) -> None:
    SealFactory.create(awarded_on=date(2023, 5, 5), valid_through=date(2027, 5, 20))
    ministry(client)

    def keys(**query: object) -> list[str]:
        return [row.due.occasion.rule for row in client.get(PREVIEW, query).context["rows"]]

    assert keys() == keys(tag="unsinn") == ["seal/22-months", RULE]
    assert (keys(tag="2026-05-20"), keys(regel=RULE), keys(regel="x")) == (["seal/12-months"], [RULE], [])


def test_the_letter_reads_as_it_will_be_written(client: Client, seal: Seal) -> None:
    ministry(client)

    (draft,) = client.get(f"{PREVIEW}brief/?{thing(seal)}").context["letters"]

    assert not Letter.objects.exists()
    reminders.write_due(TOMORROW, at=AT + timedelta(days=1))
    written = Letter.objects.get()
    assert (draft.subject, draft.body, draft.to) == (written.subject, written.body, written.to)


def test_a_single_letter_is_held_with_a_reason_and_not_written(client: Client, seal: Seal) -> None:
    other = SealFactory.create(awarded_on=date(2022, 5, 5))
    person = ministry(client)

    response = client.post(f"{PREVIEW}anhalten/?{thing(seal)}", {"reason": "Die Leitung ist neu."})

    hold = Hold.objects.get()
    assert (hold.held_by, hold.held_at, response.status_code) == (person, AT, 302)
    assert reminders.write_due(TOMORROW, at=AT) == 1
    assert Letter.objects.get().key == f"seal-{other.pk}/2026-07-31/3-months"
    assert "angehalten</strong>: Die Leitung ist neu." in client.get(PREVIEW).text


def test_a_rule_is_held_and_nobody_hears_of_it(client: Client, seal: Seal) -> None:
    ministry(client)

    client.post(f"{PREVIEW}anhalten/?regel={RULE}", {"reason": "Der Text ist falsch."})

    assert reminders.write_due(TOMORROW, at=AT) == 0
    assert Hold.objects.get().about.startswith("Alle Erinnerungen 3 Monate vor dem letzten gültigen Tag")
    assert client.get(PREVIEW).text.count("Der Text ist falsch.") == 1 + 1  # the rule, and its letter


def test_after_the_hold_what_still_helps_is_written(client: Client, seal: Seal) -> None:
    person = ministry(client)
    hold = holds.hold(rule=RULE, about="Regel", reason="Text", by=person, at=AT)
    assert reminders.write_due(TOMORROW, at=AT) == 0

    client.post(reverse("admin:centres_hold_lift", args=[hold.pk]))

    assert reminders.write_due(TOMORROW, at=AT) == 1


def test_after_the_hold_and_the_end_nothing_of_it_is_written(client: Client, seal: Seal) -> None:
    person = ministry(client)
    hold = holds.hold(rule="seal/1-month", about="Regel", reason="Text", by=person, at=AT)
    reminders.write_due(TOMORROW, at=AT)
    assert reminders.write_due(date(2026, 7, 10), at=datetime(2026, 7, 10, 6, tzinfo=UTC)) == 0

    holds.lift(hold, by=person, at=datetime(2026, 8, 1, 6, tzinfo=UTC))

    reminders.write_due(date(2026, 8, 1), at=datetime(2026, 8, 1, 6, tzinfo=UTC))
    assert set(Letter.objects.values_list("rule", flat=True)) == {RULE, "seal/day-after"}


def test_a_hold_without_reason_is_refused(client: Client, seal: Seal) -> None:
    ministry(client)

    response: Any = client.post(f"{PREVIEW}anhalten/?regel={RULE}", {"reason": " "})

    assert response.context["form"].errors["reason"]
    assert not Hold.objects.exists()


def test_what_is_held_already_is_refused_with_a_sentence(client: Client, seal: Seal) -> None:
    person = ministry(client)
    holds.hold(rule=RULE, about="Regel", reason="Text", by=person, at=AT)

    response: Any = client.post(f"{PREVIEW}anhalten/?regel={RULE}", {"reason": "Noch einmal"})

    assert response.context["form"].non_field_errors() == ["Diese Regel ist schon angehalten."]


@pytest.mark.parametrize("page", ["brief/?tag=2026-05-06&anlass=x", "brief/", "anhalten/?regel=seal/x", "anhalten/"])
def test_what_is_not_expected_is_not_there(client: Client, page: str) -> None:
    ministry(client)

    assert client.get(f"{PREVIEW}{page}").status_code == 404


@pytest.mark.parametrize("role", ["auditor", "service_office", "centre"])
def test_nobody_else_sees_or_holds(client: Client, seal: Seal, role: str) -> None:
    client.force_login(UserFactory.create(**({} if role == "centre" else {role: True})))
    hold = holds.hold(rule="x", about="x", reason="x", by=UserFactory.create(ministry=True), at=AT)
    pages = [PREVIEW, f"{PREVIEW}brief/?{thing(seal)}", f"{PREVIEW}anhalten/?{thing(seal)}"]

    for page in [*pages, reverse("admin:centres_hold_lift", args=[hold.pk])]:
        assert client.post(page, {"reason": "x"}).status_code in {302, 403}
    assert Hold.objects.in_force().get() == hold


def test_the_page_asks_as_often_for_three_as_for_one(client: Client, seal: Seal) -> None:
    person = ministry(client)
    holds.hold(rule=RULE, about="Regel", reason="Text", by=person, at=AT)
    for_one = queries(client, PREVIEW)

    SealFactory.create_batch(2, awarded_on=date(2022, 5, 5))

    assert queries(client, PREVIEW) == for_one
