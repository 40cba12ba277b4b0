"""That somebody of a centre was at an event: written down by one upper room, shown by the other and by the admin."""

import pytest
from django.test import Client
from django.urls import reverse

from events import attendance
from tests.certification.portal_cases import AT, case_of, lead
from tests.factories.accounts import UserFactory
from tests.factories.events import InfoEventFactory, RegistrationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(AT, tick=False)]


def text(user: object, address: str) -> str:
    client = Client()
    client.force_login(user)
    return client.get(address).content.decode()


def test_case_portal_and_admin_show_it_and_only_of_their_own_centre() -> None:
    case, other, office = case_of(), case_of(), UserFactory.create(service_office=True)
    event = InfoEventFactory.create(title="Werkstatt Nachweise", starts_at=AT)
    there = RegistrationFactory.create(event=event, centre=case.centre, name="Berta Kunz")
    attendance.tick(there, by=office, at=AT)
    attendance.conclude(event, by=office, at=AT)
    auditor, ministry = UserFactory.create(auditor=True), UserFactory.create(ministry=True)

    def pages(each: object) -> list[str]:
        return [
            text(auditor, reverse("review:case", args=[each.pk])),
            text(lead(each), reverse("portal:case", args=[each.pk])),
            text(ministry, reverse("admin:centres_familycentre_change", args=[each.centre_id])),
        ]

    assert ["Werkstatt Nachweise, " in page for page in pages(case)] == [True] * 3
    assert ["Werkstatt Nachweise" in page for page in pages(other)] == [False] * 3
    assert not any("Berta Kunz" in page for page in pages(case))
