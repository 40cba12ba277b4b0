"""The worklist as a file: what is shown, no more and no less, and nothing that runs; selections under a name."""

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries
from pytest_django.asserts import assertContains, assertRedirects

from accounts.models import User
from certification.models import Case, Query, SavedFilter
from certification.rules.moves import State
from tests.certification.moves import AT
from tests.certification.reviewing import auditor, signed_in
from tests.factories.centres import FamilyCentreFactory
from tests.factories.certification import CaseFactory

pytestmark = pytest.mark.django_db
HOME, SAVED = reverse("review:home"), reverse("review:saved_filters")


def exported(user: User, **query: Any) -> list[dict[str, str]]:
    answer = signed_in(user).get(reverse("review:export", args=["csv"]), query)
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


def sheet_of(answer: Any) -> Any:
    return load_workbook(io.BytesIO(answer.content)).active


def queried(me: User, name: str = "Kita Regenbogen") -> Case:
    case: Case = CaseFactory.create(state=State.QUERIED, centre__name=name, auditor=me)
    due_on = timezone.localdate() - timedelta(days=1)
    Query.objects.create(case=case, text="Wann?", due_on=due_on, asked_at=AT, asked_by=me)
    return case


def test_an_export_holds_what_the_page_shows() -> None:
    me = auditor()
    queried(me)
    CaseFactory.create(state=State.IN_REVIEW, auditor=auditor())

    (row,) = exported(me)
    page = signed_in(me).get(HOME)

    assert (row["Familienzentrum"], row["Stand"], row["Überfällig"]) == (
        "Kita Regenbogen",
        "Rückfrage offen",
        "überfällig",
    )
    for value in filter(None, row.values()):
        assertContains(page, value)


def test_an_export_keeps_search_order_and_all_pages() -> None:
    me = auditor()
    for number in range(52):
        CaseFactory.create(state=State.SUBMITTED, centre__name=f"Regenbogen {number:02}")
    CaseFactory.create(state=State.SUBMITTED, centre__name="Sonnenschein")

    rows = exported(me, liste="ohne", suche="regenbogen", sortierung="-zentrum", seite=2)

    assert [row["Familienzentrum"] for row in rows] == [f"Regenbogen {number:02}" for number in reversed(range(52))]


def test_nothing_in_a_file_runs_as_a_formula() -> None:
    me = auditor()
    queried(me, name="=1+2")

    answer = signed_in(me).get(reverse("review:export", args=["xlsx"]))
    cell = sheet_of(answer)["A2"]

    assert exported(me)[0]["Familienzentrum"] == "'=1+2"
    assert (cell.value, cell.data_type) == ("=1+2", "s")


def test_days_in_a_workbook_are_days() -> None:
    me = auditor()
    case = queried(me)

    answer = signed_in(me).get(reverse("review:export", args=["xlsx"]))
    (titles, values) = sheet_of(answer).iter_rows(values_only=True)

    shown = dict(zip(titles, values, strict=True))
    assert (shown["Frist am"].date(), shown["Nummer"]) == (
        case.queries.get().due_on,
        case.centre.certification_number,
    )


def test_there_are_two_kinds_of_files() -> None:
    assert signed_in(auditor()).get(reverse("review:export", args=["pdf"])).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_an_export_takes_the_same_queries_for_any_number(
    rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(rows):
        queried(auditor())
    client = signed_in(auditor())

    with django_assert_num_queries(5):
        client.get(reverse("review:export", args=["csv"]), {"liste": "alle"})


def test_a_selection_is_kept_under_a_name() -> None:
    me = auditor()
    wanted = CaseFactory.create(centre=FamilyCentreFactory.create(name="Regenbogen"))
    CaseFactory.create()

    saved = signed_in(me).post(SAVED, {"name": "Regen", "auswahl": "suche=regen&liste=alle&seite=2&fremd=1"})

    assertRedirects(saved, f"{HOME}?liste=alle&suche=regen")
    assert list(signed_in(me).get(saved["Location"]).context["page_obj"]) == [wanted]
    assertContains(signed_in(me).get(HOME), '<a href="?liste=alle&amp;suche=regen">Regen</a>')


def saved_filter(owner: User, name: str = "Regen") -> SavedFilter:
    return SavedFilter.objects.create(owner=owner, name=name, query="suche=regen")


def test_a_name_is_given_once_and_what_was_typed_stays() -> None:
    me = auditor()
    saved_filter(me)
    saved_filter(auditor(), "Andere")

    answer = signed_in(me).post(SAVED, {"name": "Regen", "auswahl": "suche=sonne"})

    assertContains(answer, "Unter diesem Namen haben Sie schon eine Auswahl gespeichert.")
    assertContains(answer, 'value="suche=sonne"')
    assert signed_in(me).post(SAVED, {"name": "Andere", "auswahl": "suche=sonne"}).status_code == 302


def test_a_selection_is_renamed_and_deleted() -> None:
    me = auditor()
    row = saved_filter(me)
    page = reverse("review:saved_filter", args=[row.pk])

    signed_in(me).post(page, {"name": "Sonne"})
    assertContains(signed_in(me).get(SAVED), "Sonne")
    signed_in(me).post(page, {"loeschen": "ja", "name": ""})

    assert not SavedFilter.objects.exists()


def test_a_selection_without_a_name_is_not_kept() -> None:
    answer = signed_in(auditor()).post(SAVED, {"name": "", "auswahl": "suche=sonne"})

    assert answer.status_code == 200
    assert not SavedFilter.objects.exists()


def test_selections_of_others_do_not_exist() -> None:
    row = saved_filter(auditor())
    client = signed_in(auditor())

    assert client.get(reverse("review:saved_filter", args=[row.pk])).status_code == 404
    assert client.post(reverse("review:saved_filter", args=[row.pk]), {"loeschen": "ja"}).status_code == 404
    assert "Regen" not in client.get(SAVED).text


def test_a_day_is_written_as_germans_do() -> None:
    me = auditor()
    queried(me)
    Query.objects.update(due_on=date(2026, 3, 9))

    assert exported(me)[0]["Frist am"] == "09.03.2026"
