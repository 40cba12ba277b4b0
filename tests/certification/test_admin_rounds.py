from dataclasses import asdict
from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from centres.rules.kindergarten_year import KindergartenYear
from certification.models import Round
from certification.rules.rounds import initial_dates, renewal_dates
from tests.certification.admin import ministry, queries
from tests.factories.centres import FamilyCentreFactory
from tests.factories.certification import CaseFactory, EditionFactory, RoundFactory, SealFactory

pytestmark = pytest.mark.django_db
ADD = "admin:certification_round_add"


@pytest.fixture(autouse=True)
def _signed_in(client: Client) -> None:
    ministry(client)


def entry(**fields: Any) -> dict[str, Any]:
    edition = EditionFactory.create()
    return {"procedure": "renewal", "label": "Runde A", "edition": edition.pk, "seal_end": "2027-07-31", **fields}


def errors(response: Any) -> list[str]:
    form = response.context["adminform"].form
    return [str(error) for each in form.errors.values() for error in each]


def test_add_starts_from_the_next_cohort(client: Client) -> None:
    with time_machine.travel("2026-11-22 12:00+01:00", tick=False):
        response = client.get(reverse(ADD))

    initial = response.context["adminform"].form.initial
    assert (initial["seal_end"], initial["label"]) == (date(2028, 7, 31), "Re-Zertifizierung zum 31. Juli 2028")


def test_add_suggests_the_dates_of_a_renewal(client: Client) -> None:
    client.post(reverse(ADD), entry())

    assert Round.objects.get().dates == renewal_dates(date(2027, 7, 31))


def test_add_keeps_a_date_that_was_given(client: Client) -> None:
    client.post(reverse(ADD), entry(registration_until="2025-11-30"))

    assert Round.objects.get().registration_until == date(2025, 11, 30)


@time_machine.travel("2026-08-03 12:00+02:00", tick=False)
def test_add_suggests_the_dates_of_an_initial_round(client: Client) -> None:
    client.post(reverse(ADD), entry(procedure="initial", seal_end="", year="2026"))

    assert Round.objects.get().dates == initial_dates(KindergartenYear(2026))


def test_add_shows_the_suggested_dates_next(client: Client) -> None:
    response = client.post(reverse(ADD), entry())

    assert response.url == reverse("admin:certification_round_change", args=[Round.objects.get().pk])  # type: ignore[attr-defined]


def test_add_without_an_anchor_asks_for_it(client: Client) -> None:
    response = client.post(reverse(ADD), entry(seal_end=""))

    expected = "Bitte geben Sie das Ende der Gütesiegel an oder tragen Sie alle Daten selbst ein."
    assert errors(response) == [expected]


def test_add_of_an_initial_round_without_a_year_asks_for_it(client: Client) -> None:
    response = client.post(reverse(ADD), entry(procedure="initial", seal_end=""))

    expected = "Bitte geben Sie das Kindergartenjahr an oder tragen Sie alle Daten selbst ein."
    assert errors(response) == [expected]


def test_add_refuses_dates_out_of_order_in_german(client: Client) -> None:
    response = client.post(reverse(ADD), entry(visits_from="2027-07-10"))

    expected = "Der Beginn der Begehungen (10. Juli 2027) liegt nach deren Ende (30. Juni 2027)."
    assert errors(response) == [expected]


def test_change_of_a_confirmed_round_moves_dates_only(client: Client) -> None:
    round_ = RoundFactory.create(confirmed_at="2025-10-01T10:00Z")
    dates = {name: day.isoformat() for name, day in asdict(round_.dates).items()}
    page = reverse("admin:certification_round_change", args=[round_.pk])

    client.post(page, {**entry(seal_end="2030-07-31"), **dates, "results_until": "2026-07-20"})

    round_.refresh_from_db()
    assert (round_.seal_end, round_.results_until) == (date(2026, 7, 31), date(2026, 7, 20))


def test_delete_is_for_rounds_that_were_never_confirmed(client: Client) -> None:
    draft, confirmed = RoundFactory.create(), RoundFactory.create(confirmed_at="2025-10-01T10:00Z")

    pages = [reverse("admin:certification_round_delete", args=[each.pk]) for each in (draft, confirmed)]

    assert [client.post(page, {"post": "yes"}).status_code for page in pages] == [302, 403]


def sealed(seal_end: date = date(2026, 7, 31)) -> Any:
    return SealFactory.create(awarded_on=date(seal_end.year - 4, 5, 5)).centre


def test_preview_shows_who_and_why(client: Client) -> None:
    centre, round_ = sealed(), RoundFactory.create()
    sealed(date(2027, 7, 31))

    response = client.get(reverse("admin:certification_round_open", args=[round_.pk]))

    assert list(response.context["page_obj"]) == [centre]
    assert response.context["why"] == "Das Gütesiegel endet am 31. Juli 2026, und es gibt keinen offenen Fall."


def test_preview_shows_who_is_left_out_and_why(client: Client) -> None:
    case = CaseFactory.create(centre=sealed())
    round_ = RoundFactory.create()

    response = client.get(reverse("admin:certification_round_open", args=[round_.pk]))

    assert ("Es gibt schon einen offenen Fall in einer anderen Runde.", [case.centre], 1) in response.context[
        "left_out"
    ]


def test_preview_counts_by_regional_office_form_and_office(client: Client) -> None:
    centre, round_ = sealed(), RoundFactory.create()

    response = client.get(reverse("admin:certification_round_open", args=[round_.pk]))

    assert [table.rows for table in response.context["tables"]] == [
        [("LVR-Landesjugendamt Rheinland", 1)],
        [("Einzel-Familienzentrum", 1)],
        [(centre.youth_office.name, 1)],
    ]


def test_preview_asks_as_often_for_three_as_for_one(client: Client) -> None:
    page = reverse("admin:certification_round_open", args=[RoundFactory.create().pk])
    sealed()
    for_one = queries(client, page)
    sealed()
    sealed()

    assert queries(client, page) == for_one <= 16


def test_open_confirms_the_number_that_was_shown(client: Client) -> None:
    sealed()
    round_ = RoundFactory.create()

    response = client.post(reverse("admin:certification_round_open", args=[round_.pk]), {"count": "1"})

    round_.refresh_from_db()
    assert response.url == reverse("admin:certification_round_progress", args=[round_.pk])  # type: ignore[attr-defined]
    assert (round_.expected, round_.confirmed_by) == (1, User.objects.get(role=Role.MINISTRY))


def test_open_with_another_number_shows_the_preview_again(client: Client) -> None:
    sealed()
    round_ = RoundFactory.create()

    response = client.post(reverse("admin:certification_round_open", args=[round_.pk]), {"count": "2"})

    round_.refresh_from_db()
    assert (response.status_code, round_.confirmed_at) == (200, None)


def test_open_refuses_dates_that_cannot_happen(client: Client) -> None:
    sealed()
    round_ = RoundFactory.create(visits_until=date(2026, 7, 20))

    response = client.post(reverse("admin:certification_round_open", args=[round_.pk]), {"count": "1"})

    (message,) = response.context["messages"]
    assert str(message).startswith("Das Ende der Begehungen (20. Juli 2026) liegt nach den Ergebnissen")


def test_progress_reloads_by_itself_until_the_round_is_open(client: Client) -> None:
    round_ = RoundFactory.create(confirmed_at="2025-10-01T10:00Z", expected=2)
    page = reverse("admin:certification_round_progress", args=[round_.pk])
    CaseFactory.create(round=round_)

    running = client.get(page)
    Round.objects.update(opened_at="2025-10-01T10:01Z")
    done = client.get(page)

    assert (running["Refresh"], "1 von 2 Fällen ist angelegt." in running.text) == ("2", True)
    assert ("Refresh" in done, f"?round__id__exact={round_.pk}" in done.text) == (False, True)


def test_progress_stops_reloading_when_asked(client: Client) -> None:
    round_ = RoundFactory.create(confirmed_at="2025-10-01T10:00Z", expected=2)

    response = client.get(reverse("admin:certification_round_progress", args=[round_.pk]), {"anhalten": "ja"})

    assert "Refresh" not in response


def test_progress_can_wake_a_worker_again(client: Client, django_capture_on_commit_callbacks: Any) -> None:
    round_ = RoundFactory.create(confirmed_at="2025-10-01T10:00Z", expected=2)

    with django_capture_on_commit_callbacks() as callbacks:
        client.post(reverse("admin:certification_round_progress", args=[round_.pk]))

    assert [callback.args for callback in callbacks] == [(round_.pk,)]


def test_pages_lead_to_each_other(client: Client) -> None:
    draft, confirmed = RoundFactory.create(), RoundFactory.create(confirmed_at="2025-10-01T10:00Z")

    progress = client.get(reverse("admin:certification_round_progress", args=[draft.pk]))
    preview = client.get(reverse("admin:certification_round_open", args=[confirmed.pk]))

    assert progress.url == reverse("admin:certification_round_open", args=[draft.pk])  # type: ignore[attr-defined]
    assert preview.url == reverse("admin:certification_round_progress", args=[confirmed.pk])  # type: ignore[attr-defined]


def test_list_asks_as_often_for_three_as_for_one(client: Client) -> None:
    page = reverse("admin:certification_round_changelist")
    CaseFactory.create()
    for_one = queries(client, page)
    CaseFactory.create_batch(2)

    assert queries(client, page) == for_one <= 10


def test_a_centre_may_not_open_rounds(client: Client) -> None:
    client.logout()
    round_, centre = RoundFactory.create(), FamilyCentreFactory.create()

    response = client.get(reverse("admin:certification_round_open", args=[round_.pk]))

    assert (response.status_code, centre.name in response.text) == (302, False)
