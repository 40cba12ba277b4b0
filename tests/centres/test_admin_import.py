"""Registers through the browser of the ministry."""

import io
from datetime import date

import pytest
from django.test import Client

from centres.models import FamilyCentre
from certification.models import Seal
from tests.centres.files import csv_of, many, row
from tests.factories.accounts import UserFactory
from tests.factories.centres import YouthOfficeFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/centres/familycentre/"


@pytest.fixture
def ministry(client: Client) -> Client:
    client.force_login(UserFactory.create(ministry=True, name="Ina Ministerium"))
    return client


def uploaded(client: Client, data: bytes, **options: str) -> str:
    """Where the preview is."""
    file = io.BytesIO(data)
    file.name = "register.csv"
    response = client.post(f"{LIST}einlesen/", {"file": file, **options})
    assert response.status_code == 302, response.content.decode()
    return response["Location"]


def test_import_shows_first_and_writes_on_confirmation(ministry: Client) -> None:
    YouthOfficeFactory.create(name="Jugendamt Köln")
    preview = uploaded(ministry, csv_of(*many(3)))

    shown = ministry.get(preview)
    before = FamilyCentre.objects.count()
    confirmed = ministry.post(preview, follow=True)

    assert shown.context["report"].counts["Familienzentren"].new == 3
    assert [before, FamilyCentre.objects.count(), Seal.objects.count()] == [0, 3, 3]
    assert "Familienzentren: 3 neu, 0 geändert, 0 unverändert." in confirmed.content.decode()


def test_import_with_problems_shows_them_and_cannot_be_confirmed(ministry: Client) -> None:
    YouthOfficeFactory.create(name="Jugendamt Köln")
    preview = uploaded(ministry, csv_of(row(PLZ="123"), row(number="2", facility="2")))

    page, confirmed = ministry.get(preview).content.decode(), ministry.post(preview)

    assert "Eine Postleitzahl hat fünf Ziffern." in page
    assert "Mit Fehlern wird nichts übernommen." in page
    assert confirmed["Location"] == preview
    assert not FamilyCentre.objects.exists()


def test_import_can_skip_problems_and_hand_them_back(ministry: Client) -> None:
    YouthOfficeFactory.create(name="Jugendamt Köln")
    preview = uploaded(ministry, csv_of(row(PLZ="123"), row(number="2", facility="2")), skip_invalid="on")

    rest = ministry.get(f"{preview}rest.csv").content.decode("utf-8-sig")
    ministry.post(preview)

    assert [FamilyCentre.objects.get().certification_number, rest.count("\n")] == ["2", 2]


def test_import_takes_office_and_reason_for_the_whole_file(ministry: Client) -> None:
    office = YouthOfficeFactory.create(name="Jugendamt Köln")
    names = {"Gütesiegel gültig bis": "31.07.2031"}
    data = row(**names)
    del data["Jugendamt"]

    ministry.post(uploaded(ministry, csv_of(data), youth_office=str(office.pk), reason="Erlass"))

    assert Seal.objects.get().valid_through == date(2031, 7, 31)
    assert Seal.objects.get().entries.filter(by__name="Ina Ministerium").count() == 2


def test_import_refuses_a_file_that_is_none(ministry: Client) -> None:
    file = io.BytesIO(b"%PDF-1.7")
    file.name = "register.pdf"

    page = ministry.post(f"{LIST}einlesen/", {"file": file}).content.decode()

    assert "Das ist eine PDF-Datei und keine Tabelle." in page


def test_import_refuses_before_offices_exist(ministry: Client) -> None:
    page = ministry.get(uploaded(ministry, csv_of(row())), follow=True).content.decode()

    assert "noch keine Jugendämter angelegt" in page


@pytest.mark.parametrize("page", ["", "rest.csv"])
def test_import_of_someone_else_cannot_be_opened(ministry: Client, page: str) -> None:
    YouthOfficeFactory.create(name="Jugendamt Köln")
    preview = uploaded(ministry, csv_of(row()))
    ministry.force_login(UserFactory.create(ministry=True))

    assert "liegt nicht mehr vor" in ministry.get(f"{preview}{page}", follow=True).content.decode()


def test_offices_are_imported_in_the_browser(ministry: Client) -> None:
    file = io.BytesIO(b"AGS;Jugendamt;Landesjugendamt\n05001;A;LVR\n")
    file.name = "offices.csv"
    preview = ministry.post("/admin/centres/youthoffice/einlesen/", {"file": file})["Location"]

    page = ministry.post(preview, follow=True).content.decode()

    assert "Jugendämter: 1 neu" in page
