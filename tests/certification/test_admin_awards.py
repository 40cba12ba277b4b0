from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from certification import awarding
from certification.models import AwardBatch, Case, Seal
from tests.certification.admin import AT, DAY, ministry, queries, released
from tests.factories.accounts import UserFactory
from tests.factories.certification import SealFactory

pytestmark = pytest.mark.django_db
LIST = "admin:certification_awardbatch_changelist"


@pytest.fixture(autouse=True)
def _signed_in(client: Client) -> Any:
    with time_machine.travel(AT, tick=False):
        ministry(client)
        yield


def prepared(*cases: Case) -> tuple[AwardBatch, str]:
    batch = awarding.prepare(cases, by=UserFactory.create(ministry=True), at=AT, on=DAY)
    return batch, reverse("admin:certification_awardbatch_change", args=[batch.pk])


def running(*cases: Case) -> tuple[AwardBatch, str]:
    batch, page = prepared(*cases)
    awarding.confirm(batch, expected=len(cases), by=batch.created_by, at=AT)
    return batch, page


def test_preview_shows_first_and_last_day_and_obstacles(client: Client) -> None:
    _, page = prepared(released(), released(eligible=False))

    context = client.get(page).context

    (plan,) = context["page_obj"]
    assert (plan.validity.valid_from, plan.validity.valid_through) == (DAY, date(2030, 7, 31))
    assert [plan.obstacle for plan in context["hindered"]] == [
        "Das freigegebene Ergebnis lautet: nicht gütesiegelfähig."
    ]


def test_preview_for_another_day_awards_nothing(client: Client) -> None:
    batch, page = prepared(released())

    client.post(page, {"on": "2026-08-01"})

    batch.refresh_from_db()
    assert (batch.awarded_on, batch.confirmed_at) == (date(2026, 8, 1), None)
    assert client.get(page).context["page_obj"][0].validity.valid_through == date(2031, 7, 31)


def test_preview_without_a_day_asks_for_it(client: Client) -> None:
    _, page = prepared(released())

    assert client.post(page, {"on": ""}).context["form"].errors == {"on": ["Dieses Feld ist zwingend erforderlich."]}


def test_confirm_awards_what_was_shown(client: Client) -> None:
    batch, page = prepared(released(), released())

    client.post(page, {"on": DAY.isoformat(), "count": "2"})
    awarding.award_batch(batch.pk)

    response = client.get(page)
    assert "Alle 2 sind verliehen." in response.text
    assert [seal for _, seal in response.context["results"]] == list(Seal.objects.order_by("pk"))


@pytest.mark.parametrize("count", ["2", "viele"])
def test_confirm_of_another_number_shows_the_preview_again(client: Client, count: str) -> None:
    batch, page = prepared(released())

    client.post(page, {"on": DAY.isoformat(), "count": count})

    batch.refresh_from_db()
    assert batch.confirmed_at is None


def test_confirm_of_a_day_not_shown_shows_that_day_first(client: Client) -> None:
    batch, page = prepared(released())

    client.post(page, {"on": "2026-08-01", "count": "1"})

    batch.refresh_from_db()
    assert (batch.awarded_on, batch.confirmed_at) == (date(2026, 8, 1), None)


def test_progress_reloads_until_all_is_done(client: Client) -> None:
    batch, page = running(released(), released())

    before = client.get(page)
    awarding.award_batch(batch.pk)
    after = client.get(page)

    assert (before["Refresh"], "0 von 2 Fällen sind bearbeitet." in before.text) == ("2", True)
    assert "Refresh" not in after


def test_progress_shows_each_refusal(client: Client) -> None:
    case = released()
    batch, page = running(case)
    SealFactory.create(centre=case.centre, awarded_on=date(2026, 4, 1))
    awarding.award_batch(batch.pk)

    response = client.get(page)

    assert "1 von 1 ist nicht verliehen." in response.text
    assert response.context["results"][0][0].problem.startswith("Das bisherige Gütesiegel gilt bis 31. Juli 2030")


def test_progress_can_wake_a_worker_again(client: Client, django_capture_on_commit_callbacks: Any) -> None:
    batch, page = running(released())

    with django_capture_on_commit_callbacks() as callbacks:
        client.post(page)

    assert [callback.args for callback in callbacks] == [(batch.pk,)]


def test_a_preview_may_be_thrown_away_and_nothing_else(client: Client) -> None:
    draft, confirmed = prepared(released())[0], running(released())[0]

    pages = [reverse("admin:certification_awardbatch_delete", args=[batch.pk]) for batch in (draft, confirmed)]

    assert [client.post(page, {"post": "yes"}).status_code for page in pages] == [302, 403]
    assert list(AwardBatch.objects.all()) == [confirmed]


def test_the_page_of_no_batch_is_not_found(client: Client) -> None:
    assert client.get(reverse("admin:certification_awardbatch_change", args=[4711])).status_code == 404


def test_preview_and_progress_ask_as_often_for_three_as_for_one(client: Client) -> None:
    one, three = prepared(released())[1], prepared(released(), released(), released())[1]
    started, more = running(released())[1], running(released(), released(), released())[1]

    assert queries(client, one) == queries(client, three) <= 10
    assert queries(client, started) == queries(client, more) <= 10


def test_list_asks_as_often_for_three_as_for_one(client: Client) -> None:
    running(released())
    for_one = queries(client, reverse(LIST))
    prepared(released())
    prepared(released())

    assert queries(client, reverse(LIST)) == for_one <= 10
