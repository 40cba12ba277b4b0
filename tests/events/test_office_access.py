"""Who sees what: the service office never what a case is about, a stranger nothing of the service office."""

import pytest
import time_machine
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from centres.models import FamilyCentre
from events import proofs
from events.models import InfoEvent, Material, Registration
from events.urls.office import urlpatterns
from tests.certification.portal_cases import AT, case_of, lead
from tests.events.office import drafted
from tests.factories.accounts import UserFactory
from tests.factories.attendance import ParticipantFactory, ParticipantFileFactory, ProofFactory
from tests.factories.events import InfoEventFactory, RegistrationFactory, start
from tests.factories.evidence import EvidenceFactory
from tests.factories.post import LetterFactory

pytestmark = pytest.mark.django_db
NAMES = [pattern.name for pattern in urlpatterns]
POSTED = {"mailing_release", "mailing_retry", "material_up"}
FILES = {"material_file", "attendance_list", "proof", "proofs"}
OF_ONE = {"registration", "prioritise", "sign_off", "correct"}


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(UserFactory.create(service_office=True))
    return client


def address(name: str) -> str:
    """The page of this name about rows that exist."""
    if name in {"home", "create", "year"}:
        return reverse(f"office:{name}")
    event = InfoEventFactory.create()
    if name == "participant":
        each = ParticipantFactory.create(file__event=event)
        return reverse("office:participant", args=[event.pk, each.file.pk, each.pk])
    row = row_for(name, event)
    return reverse(f"office:{name}", args=[event.pk, row.pk] if row else [event.pk])


def row_for(name: str, event: InfoEvent) -> Model | None:
    """What of the event a page of this name is about, where it is about one thing."""
    if name in OF_ONE:
        return RegistrationFactory.create(event=event, state="waiting", waiting_since=start(1))
    if name == "proof":
        return proofs.issue(ProofFactory.create(registration__event=event), at=start(2))
    if name.startswith("participant_file") and name != "participant_files":
        return ParticipantFileFactory.create(event=event)
    if name.startswith("mailing") and name not in {"mailings", "mailing_new"}:
        return drafted(event)
    if name.startswith("material_") and name != "material_new":
        return Material.objects.create(event=event, title="Film", link="https://example.org/", added_at=start(1))
    return None


@pytest.mark.parametrize("name", NAMES)
@time_machine.travel(start(1), tick=False)
def test_every_page_is_there_for_service_office_and_ministry_and_for_nobody_else(name: str) -> None:
    page, seen = address(name), {}
    method = "post" if name in POSTED else "get"
    for role in ("service_office", "ministry", "auditor", "lead"):
        client = Client()
        client.force_login(UserFactory.create(**{role: True}))
        seen[role] = getattr(client, method)(page).status_code

    assert seen["service_office"] == seen["ministry"]
    assert seen["service_office"] in {200, 302}
    assert (seen["auditor"], seen["lead"]) == (404, 404)
    assert getattr(Client(), method)(page).status_code == 302


@pytest.mark.time_machine(AT)
def test_the_service_office_sees_nothing_of_a_case(office: Client) -> None:
    case = case_of()
    piece, letter = EvidenceFactory.create(centre=case.centre), LetterFactory.create(centre=case.centre)
    owner = Client()
    owner.force_login(lead(case))
    pages = [
        reverse("portal:case", args=[case.pk]),
        reverse("portal:evidence", args=[case.centre_id]),
        reverse("portal:letters", args=[case.centre_id]),
        reverse("portal:letter", args=[letter.pk]),
    ]
    file = reverse("evidence_file", args=[piece.public_id])

    opened = owner.get(file)
    assert b"".join(opened.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    assert [opened.status_code, *(owner.get(page).status_code for page in pages)] == [200] * 5
    assert [office.get(page)["Location"] for page in pages] == ["/"] * 4  # the way to the own place
    assert [office.get(page).status_code for page in (file, f"/pruefung/{case.pk}/")] == [404, 404]


@time_machine.travel(start(1), tick=False)
def test_what_the_service_office_may_look_up_is_there() -> None:
    user, each = UserFactory.create(service_office=True), RegistrationFactory.create()

    assert Registration.objects.visible_to(user, on=start(1).date()).get() == each
    assert each.centre in FamilyCentre.objects.visible_to(user, on=start(1).date())


@time_machine.travel(start(1), tick=False)
def test_whatever_is_missing_is_asked_for_in_words_of_its_own(office: Client) -> None:
    row = {"TOTAL_FORMS": "1", "INITIAL_FORMS": "0", "0-minutes": "5", "0-required": "on", "0-scale": "on"}
    entered = {f"zeile-{name}": value for name, value in row.items()}

    answers = {name: office.post(address(str(name)), entered).content.decode() for name in NAMES}

    assert [name for name, page in answers.items() if "zwingend erforderlich" in page] == []
    assert "Bitte geben Sie dem Beitrag einen Titel." in answers["programme"]
