"""Master data, network and what-if, as a lead uses them."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from centres.models import FamilyCentre, Proposal, Subject
from tests.certification.portal_cases import AT
from tests.factories.centres import (
    FacilityFactory,
    MembershipFactory,
    NetworkFactory,
    ProposalFactory,
    YouthOfficeFactory,
)
from tests.factories.certification import SealFactory

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(AT)]


def signed_in(client: Client, centre: FamilyCentre | None = None) -> FamilyCentre:
    membership = MembershipFactory.create(**({"centre": centre} if centre else {}))
    client.force_login(membership.user)
    found: FamilyCentre = membership.centre
    return found


def page(name: str, centre: FamilyCentre, *more: str) -> str:
    return reverse(f"portal:{name}", args=[centre.pk, *more])


def facility_of(centre: FamilyCentre, number: int = 0) -> Any:
    return list(centre.facility_memberships.order_by("pk"))[number].facility


def contact(centre: FamilyCentre, **changes: str) -> dict[str, str]:
    pk = facility_of(centre).pk
    data = {
        "fz-phone": "0221 39200-10",
        "fz-email": "neu@example.org",
        "e-street": "Parkweg 3",
        "e-postcode": "50733",
        "e-town": "Köln",
        "e-district": "Nippes",
        "e-phone": "",
        "e-email": "",
    } | changes
    return {name.replace("e-", f"e{pk}-", 1) if name.startswith("e-") else name: each for name, each in data.items()}


def test_contact_data_are_corrected_at_once(client: Client) -> None:
    centre = signed_in(client)
    facility = facility_of(centre)
    facility.latitude, facility.longitude = Decimal("50.9"), Decimal("6.9")
    facility.save()

    response = client.post(page("master_data", centre), contact(centre), follow=True)

    centre.refresh_from_db()
    facility.refresh_from_db()
    assert "gelten sofort" in response.content.decode()
    assert (centre.phone, centre.email) == ("0221 39200-10", "neu@example.org")
    assert (facility.street, facility.district, facility.latitude) == ("Parkweg 3", "Nippes", None)
    assert list(FamilyCentre.objects.found_by("nippes")) == [centre]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("fz-phone", "ruf an", "Bitte geben Sie eine Telefonnummer mit Vorwahl ein"),
        ("fz-email", "neu@", "Bitte geben Sie bei „Familienzentrum“ eine vollständige E-Mail-Adresse ein"),
        ("e-postcode", "5073", "Eine Postleitzahl hat fünf Ziffern, zum Beispiel 50667."),
    ],
)
def test_bad_contact_data_get_a_sentence_and_the_rest_is_kept(
    client: Client, field: str, value: str, sentence: str
) -> None:
    centre = signed_in(client)

    response = client.post(page("master_data", centre), contact(centre, **{field: value}))

    assert response.status_code == 200
    assert response.content.decode().count(sentence) == 2  # beside the field and in the summary
    assert 'value="Parkweg 3"' in response.content.decode()
    assert FamilyCentre.objects.get(pk=centre.pk).phone == ""


@pytest.mark.parametrize(
    ("what", "fields", "subject"),
    [
        ("name", {"new": "Sternschnuppe"}, Subject.NAME),
        ("form", {}, Subject.KIND),
        ("traeger", {"new": "AWO Köln"}, Subject.PROVIDER),
    ],
)
def test_the_rest_is_proposed(client: Client, what: str, fields: dict[str, str], subject: Subject) -> None:
    centre = signed_in(client)

    response = client.post(page("propose", centre, what), {**fields, "reason": "So ist es."}, follow=True)

    proposal = Proposal.objects.get()
    assert (proposal.subject, proposal.new) == (subject, fields.get("new", "Verbund"))
    assert "wartet auf das Ministerium" in response.content.decode()


def test_another_youth_office_is_chosen_from_the_list(client: Client) -> None:
    centre, office = signed_in(client), YouthOfficeFactory.create()

    client.post(page("propose", centre, "jugendamt"), {"office": office.pk, "reason": "Umgezogen."})

    assert Proposal.objects.get().youth_office == office


def test_what_is_refused_is_said_with_the_input_kept(client: Client) -> None:
    centre = signed_in(client)

    same = client.post(page("propose", centre, "name"), {"new": centre.name, "reason": "Grund"})
    empty = client.post(page("propose", centre, "name"), {"new": "Neu", "reason": ""})

    assert "Genau das steht schon im Register." in same.content.decode()
    assert "Bitte geben Sie an, warum sich das ändert." in empty.content.decode()
    assert 'value="Neu"' in empty.content.decode()


def test_page_says_that_issued_certificates_stay(client: Client) -> None:
    centre = signed_in(client)

    assert (
        "bleiben schon ausgestellte Urkunden unverändert" in client.get(page("master_data", centre)).content.decode()
    )


@pytest.mark.parametrize("address", [("propose", "unsinn"), ("network", ""), ("network_change", "austritt")])
def test_what_there_is_not_is_not_found(client: Client, address: tuple[str, str]) -> None:
    name, what = address
    centre = signed_in(client)

    assert client.get(page(name, centre, *([what] if what else []))).status_code == 404


def test_provider_of_a_network_names_the_facility(client: Client) -> None:
    centre = signed_in(client, NetworkFactory.create())
    address = page("propose", centre, "traeger")

    assert client.get(address).status_code == 404
    assert client.get(f"{address}?einrichtung={facility_of(centre).pk}").status_code == 200
    assert client.get(f"{address}?einrichtung={FacilityFactory.create().pk}").status_code == 404
    assert client.get(page("network_change", centre, "unsinn")).status_code == 404


def test_a_proposal_is_taken_back_once(client: Client) -> None:
    centre = signed_in(client)
    proposal = ProposalFactory.create(centre=centre)
    address = reverse("portal:take_back", args=[proposal.pk])

    client.post(address)
    again = client.post(address, follow=True)

    assert Proposal.objects.get().decision == "taken_back"
    assert "schon zurückgezogen" in again.content.decode()


def test_a_strangers_proposal_is_not_listed(client: Client) -> None:
    centre = signed_in(client)
    own = ProposalFactory.create(centre=centre)
    ProposalFactory.create()

    assert list(client.get(page("master_data", centre)).context["waiting"]) == [own]


def test_network_shows_members_warnings_and_the_recorded_reason(client: Client) -> None:
    centre = signed_in(client, NetworkFactory.create(size=6))
    without = client.get(page("network", centre)).content.decode()
    FamilyCentre.objects.filter(pk=centre.pk).update(network_exception="Ländlicher Raum.")

    text = client.get(page("network", centre)).content.decode()

    assert "Dazu ist noch kein Grund vermerkt." in without
    assert "Der Verbund hat 6 Einrichtungen" in text
    assert "Ländlicher Raum." in text
    assert text.count("Zuschussempfänger</span>") == 1


def test_effect_of_leaving_is_shown_before_it_is_proposed(client: Client) -> None:
    centre = signed_in(client, NetworkFactory.create(size=2))
    SealFactory.create(centre=centre, awarded_on=date(2024, 5, 5))
    given = {"facility": facility_of(centre, 1).pk, "on": "2026-07-31"}
    address = page("network_change", centre, "austritt")

    shown = client.get(address, given).content.decode()
    client.post(address, {**given, "reason": "Schließung."})

    assert "Der Verbund verliert das Gütesiegel." in shown
    proposal = Proposal.objects.get()
    assert (proposal.subject, proposal.effective_on) == (Subject.LEAVING, date(2026, 7, 31))
    assert any("verliert das Gütesiegel" in sentence for sentence in proposal.effect)


def test_unusual_newcomer_needs_a_reason_for_the_exception(client: Client) -> None:
    centre, facility = signed_in(client, NetworkFactory.create(size=5)), FacilityFactory.create(number="0777777")
    given = {"number": facility.number, "on": "2026-08-01", "reason": "Passt gut."}
    address = page("network_change", centre, "beitritt")

    refused = client.post(address, given).content.decode()
    client.post(address, {**given, "exception_reason": "Das Ministerium hat zugestimmt."})

    assert "Bitte begründen Sie die Ausnahme." in refused
    assert Proposal.objects.get().exception_reason == "Das Ministerium hat zugestimmt."


@pytest.mark.parametrize(
    ("what", "given", "sentence"),
    [
        ("beitritt", {"number": "123456", "on": "2026-08-01"}, "steht nicht im Register"),
        ("austritt", {"facility": "999999", "on": "2026-08-01"}, "Bitte wählen Sie eine Einrichtung des Verbundes."),
        ("austritt", {"facility": "", "on": "31.02.2026"}, "Bitte geben Sie einen Tag an, den es gibt"),
        ("kontakteinrichtung", {"facility": "", "on": "1926-08-01"}, "Bitte wählen Sie einen Tag zwischen"),
    ],
)
def test_bad_input_gets_a_sentence(client: Client, what: str, given: dict[str, str], sentence: str) -> None:
    centre = signed_in(client, NetworkFactory.create())

    assert sentence in client.get(page("network_change", centre, what), given).content.decode()


@pytest.mark.parametrize("what", ["zuschussempfaenger", "kontakteinrichtung"])
def test_tasks_are_proposed_with_their_day(client: Client, what: str) -> None:
    centre = signed_in(client, NetworkFactory.create())
    given = {"facility": facility_of(centre, 1).pk, "on": "2026-08-01", "reason": "Mehr Zeit."}

    client.post(page("network_change", centre, what), given)

    assert Proposal.objects.get().new == facility_of(centre, 1).name


def test_what_is_refused_about_a_network_is_said(client: Client) -> None:
    centre = signed_in(client, NetworkFactory.create())
    given = {"facility": facility_of(centre).pk, "on": "2026-08-01", "reason": "Mehr Zeit."}

    response = client.post(page("network_change", centre, "kontakteinrichtung"), given)

    assert "Genau das steht schon im Register." in response.content.decode()


def test_what_if_the_seal_were_awarded_then(client: Client) -> None:
    centre = signed_in(client)
    SealFactory.create(centre=centre, awarded_on=date(2022, 5, 5))

    text = client.get(page("what_if", centre), {"am": "2026-05-05"}).content.decode()

    assert "1. August 2026 bis einschließlich 31. Juli 2030" in text
    assert "Zur nächsten Re-Zertifizierung laden wir Sie im Herbst 2028 ein." in text
    assert "Angenommen, das Gütesiegel wird am 5. Mai 2026 vergeben." in text
    assert centre.seals.count() == 1


def test_what_if_there_would_be_no_day_left(client: Client) -> None:
    centre = signed_in(client)
    SealFactory.create(centre=centre, awarded_on=date(2025, 8, 5))

    text = client.get(page("what_if", centre), {"am": "2026-02-03"}).content.decode()

    assert "hätte keinen einzigen Tag" in text


def test_what_if_a_facility_left(client: Client) -> None:
    centre = signed_in(client, NetworkFactory.create(size=2))
    SealFactory.create(centre=centre, awarded_on=date(2024, 5, 5))
    given = {"facility": facility_of(centre, 1).pk, "on": "2026-07-31"}

    text = client.get(page("what_if", centre), given).content.decode()

    assert "Der Verbund würde das Gütesiegel verlieren." in text
    assert not Proposal.objects.exists()


@pytest.mark.parametrize("size", [2, 5])
@pytest.mark.parametrize("name", ["master_data", "network", "what_if"])
def test_pages_take_at_most_twelve_queries(
    client: Client, name: str, size: int, django_assert_max_num_queries: Any
) -> None:
    centre = signed_in(client, NetworkFactory.create(size=size))
    for subject in list(Subject)[: size - 1]:
        ProposalFactory.create(
            centre=centre, subject=subject, facility=facility_of(centre), effective_on=date(2026, 8, 1)
        )

    with django_assert_max_num_queries(12):
        client.get(page(name, centre))
