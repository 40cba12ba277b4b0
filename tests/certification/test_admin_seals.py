from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from certification import certificates
from certification.models import Certificate, Seal
from certification.rules.status import SealStatus
from tests.certification.admin import AT, ministry, queries
from tests.factories.certification import CertificateFactory, SealFactory

pytestmark = pytest.mark.django_db
LIST = "admin:certification_seal_changelist"
STATUSES: dict[SealStatus, dict[str, Any]] = {
    SealStatus.NOT_YET_VALID: {"awarded_on": date(2026, 5, 5), "valid_from": date(2026, 8, 1)},
    SealStatus.VALID: {"awarded_on": date(2024, 5, 5)},
    SealStatus.RUNNING_OUT: {"awarded_on": date(2022, 5, 5)},
    SealStatus.ENDED: {"awarded_on": date(2020, 5, 5)},
    SealStatus.WITHDRAWN: {"awarded_on": date(2024, 5, 5), "void_from": date(2026, 1, 1), "void_kind": "withdrawn"},
    SealStatus.SUPERSEDED: {"awarded_on": date(2024, 5, 5), "void_from": date(2026, 1, 1), "void_kind": "superseded"},
}


@pytest.fixture(autouse=True)
def _signed_in(client: Client) -> Any:
    with time_machine.travel(AT, tick=False):
        ministry(client)
        yield


def act(client: Client, seal: Seal, name: str, **fields: str) -> Any:
    return client.post(reverse("admin:certification_seal_act", args=[seal.pk, name]), fields)


def listed(client: Client, **query: Any) -> list[Seal]:
    return list(client.get(reverse(LIST), query).context["cl"].result_list)


def test_extend_moves_the_end_with_legal_basis_and_reason(client: Client) -> None:
    seal = SealFactory.create()
    fields = {"through": "2031-07-31", "legal_basis": "DVO KiBiz § 11 Absatz 1a", "reason": "Pandemie"}

    response = act(client, seal, "verlaengern", **fields)

    entry = seal.entries.get()
    assert (response.status_code, entry.valid_through) == (302, date(2031, 7, 31))
    assert (entry.legal_basis, entry.reason) == ("DVO KiBiz § 11 Absatz 1a", "Pandemie")


@pytest.mark.parametrize(("name", "kind"), [("entziehen", "withdrawn"), ("ersetzen", "superseded")])
def test_end_names_day_and_reason(client: Client, name: str, kind: str) -> None:
    seal = SealFactory.create()

    act(client, seal, name, on="2026-06-01", reason="Umwandlung")

    seal.refresh_from_db()
    assert (seal.void_from, seal.void_kind, seal.entries.get().reason) == (date(2026, 6, 1), kind, "Umwandlung")


def test_end_outside_of_its_time_is_refused_with_the_sentence_of_the_act(client: Client) -> None:
    response = act(client, SealFactory.create(), "entziehen", on="2040-01-01", reason="Umwandlung")

    expected = ["Bitte wählen Sie einen Tag zwischen 5. Mai 2026 und 31. Juli 2030."]
    assert response.context["form"].non_field_errors() == expected


def test_extend_into_another_seal_is_refused_with_the_sentence_of_the_database(client: Client) -> None:
    seal = SealFactory.create(awarded_on=date(2022, 5, 5))
    SealFactory.create(centre=seal.centre, awarded_on=date(2026, 8, 1))

    response = act(client, seal, "verlaengern", through="2027-07-31", legal_basis="§ 11", reason="Pandemie")

    expected = ["Für diesen Zeitraum hat das Familienzentrum schon ein Gütesiegel."]
    assert response.context["form"].non_field_errors() == expected


def test_seal_shows_status_reckoning_and_ledger(client: Client) -> None:
    seal = SealFactory.create()
    act(client, seal, "entziehen", on="2026-05-05", reason="Umwandlung")

    response = client.get(reverse("admin:certification_seal_change", args=[seal.pk]))

    assert response.context["tables"][0].rows[0][:3] == ("entzogen", "05.05.2026", "31.07.2030")
    assert "letzter gültiger Tag ist der 31. Juli 2030" in response.text
    assert response.context["acts"] == []


@pytest.mark.parametrize("status", SealStatus)
def test_list_filters_by_the_status_the_rule_gives(client: Client, status: SealStatus) -> None:
    for fields in STATUSES.values():
        SealFactory.create(**fields)

    (seal,) = listed(client, stand=status.value)

    assert seal.status(AT.date()) == status


def test_list_filters_by_end(client: Client) -> None:
    SealFactory.create()
    seal = SealFactory.create(awarded_on=date(2023, 5, 5))

    assert listed(client, ende="2027-07-31") == [seal]


def test_list_filters_the_seals_that_decide(client: Client) -> None:
    earlier = SealFactory.create(awarded_on=date(2022, 5, 5))
    later = SealFactory.create(centre=earlier.centre, awarded_on=date(2026, 5, 5), valid_from=date(2026, 8, 1))

    assert (listed(client, letztes="ja"), listed(client)) == ([later], [later, earlier])


def test_list_finds_by_town(client: Client) -> None:
    seal = SealFactory.create()
    SealFactory.create(centre__member__facility__town="Aachen")

    assert listed(client, q="Koeln") == [seal]


def test_no_form_edits_a_seal(client: Client) -> None:
    seal = SealFactory.create()

    response = client.post(
        reverse("admin:certification_seal_change", args=[seal.pk]), {"valid_through": "2040-07-31"}
    )

    assert response.status_code == 403


def test_list_asks_as_often_for_three_as_for_one(client: Client) -> None:
    SealFactory.create()
    for_one = queries(client, reverse(LIST))
    SealFactory.create_batch(2)

    assert queries(client, reverse(LIST)) == for_one <= 10


def test_certificates_are_listed_by_stage(client: Client) -> None:
    waiting, issued = CertificateFactory.create(), CertificateFactory.create(issued=True)
    page = reverse("admin:certification_certificate_changelist")

    found = [list(client.get(page, {"stand": v}).context["cl"].result_list) for v in ("offen", "gueltig", "ersetzt")]

    assert found == [[waiting], [issued], []]


def test_certificates_are_found_by_their_number_and_their_centre(client: Client) -> None:
    wanted = CertificateFactory.create()
    CertificateFactory.create(seal__centre__member__facility__town="Aachen")
    page = reverse("admin:certification_certificate_changelist")

    found = [list(client.get(page, {"q": text}).context["cl"].result_list) for text in (wanted.number, "Koeln")]

    assert found == [[wanted], [wanted]]


def test_certificates_ask_as_often_for_three_as_for_one(client: Client) -> None:
    page = reverse("admin:certification_certificate_changelist")
    CertificateFactory.create()
    for_one = queries(client, page)
    CertificateFactory.create()
    CertificateFactory.create()

    assert queries(client, page) == for_one <= 10


def test_certificate_is_downloaded_once_issued(client: Client) -> None:
    waiting, issued = CertificateFactory.create(), CertificateFactory.create(issued=True)
    pages = [reverse("admin:certification_certificate_file", args=[each.pk]) for each in (waiting, issued)]

    none, file = (client.get(page) for page in pages)

    assert none.status_code == 404
    assert (file["Content-Type"], file.content) == ("application/pdf", issued.number.encode())


def test_certificate_is_replaced_with_a_reason(client: Client) -> None:
    old = CertificateFactory.create(issued=True)

    client.post(
        reverse("admin:certification_certificate_act", args=[old.pk, "neu-ausstellen"]), {"reason": "Name falsch"}
    )

    old.refresh_from_db()
    assert (old.replaced_by, old.replaced_reason) == (Certificate.objects.get(issued_at=None), "Name falsch")


def test_certificate_shows_what_it_says_and_leads_to_its_file(client: Client) -> None:
    certificate = certificates.order(SealFactory.create(), at=AT)
    page = reverse("admin:certification_certificate_change", args=[certificate.pk])

    response = client.get(page)

    assert ("Gültig", "5. Mai 2026 bis einschließlich 31. Juli 2030") in response.context["tables"][0].rows
    assert response.context["links"] == []
