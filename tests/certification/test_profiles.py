"""The quality profile: what it says, that it is kept, and what other people's readers find in the file."""

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from certification import certificates, profiles, tasks, workflow
from certification.models import Case, Outcome, QualityProfile
from certification.pdf import profile as printing
from certification.rules.moves import State
from certification.rules.profile import AreaFacts, ProfileFacts
from config.celery import app
from tests.certification.portal_cases import AT, case_of, lead, recommend
from tests.factories.accounts import UserFactory
from tests.factories.centres import MembershipFactory
from tests.factories.certification import CaseFactory, RoundFactory

LATER = AT + timedelta(days=30)
FACTS = ProfileFacts(
    version=1,
    centre="Familienzentrum Größenwahn & Söhne",
    certification_number="0001001",
    form="Einzel-Familienzentrum",
    facilities=("Kita Regenbogen",),
    provider="Evangelische Kirchengemeinde Köln",
    youth_office="Jugendamt Köln",
    procedure="Re-Zertifizierung",
    round="Re-Zertifizierung 2026",
    edition="Kriterien 2020",
    eligible=True,
    released_on=date(2026, 5, 5),
    closing_text="Ein lebendiges Haus.\n\nWeiter so.",
    areas=(
        AreaFacts(1, "Beratung", "Leistung", "sehr gut", "Vorbildlich.", "Mehr Zeit für Gespräche.", "gut"),
        AreaFacts(5, "Sozialraum", "Struktur", "nicht erreicht"),
    ),
    written_by=certificates.AWARDED_BY,
    on_behalf_of=certificates.ON_BEHALF_OF,
    sample=True,
    previous="Re-Zertifizierung 2022",
    previous_on=date(2022, 5, 5),
    previous_edition="Kriterien 2010",
)


@pytest.fixture(autouse=True)
def own_files(settings: Settings, tmp_path: Path) -> None:
    default = settings.STORAGES["default"] | {"OPTIONS": {"location": tmp_path, "base_url": None}}
    settings.STORAGES = settings.STORAGES | {"default": default}


def released(case: Case | None = None) -> Outcome:
    return recommend(case or case_of(State.RECOMMENDED), released=True)


def issued(outcome: Outcome | None = None) -> QualityProfile:
    return profiles.issue(profiles.order(outcome or released(), at=AT), at=AT)


def test_facts_are_read_as_they_were_written() -> None:
    assert ProfileFacts.read(FACTS.written()) == FACTS
    assert FACTS.other_edition
    assert [area.number for area in FACTS.with_potential] == [1]


@pytest.mark.django_db
def test_release_orders_the_profile_after_the_commit(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    outcome = recommend(case_of(State.RECOMMENDED))

    with django_capture_on_commit_callbacks() as callbacks:
        workflow.release(outcome.case, by=UserFactory.create(auditor=True), at=AT)

    assert outcome.profiles.get().requested_at == AT
    assert len(callbacks) == 2  # the profile and the letter
    assert tasks.issue_profile.name == profiles.ISSUE
    assert profiles.ISSUE in app.tasks


@pytest.mark.django_db
def test_profile_says_what_was_released() -> None:
    outcome = released()
    outcome.case.area_results.filter(area__number=5).update(potential="Mehr Partner.")

    facts = ProfileFacts.read(profiles.order(outcome, at=AT).facts)

    assert (facts.centre, facts.eligible) == (outcome.case.centre.name, True)
    assert (facts.closing_text, facts.released_on) == ("Ein lebendiges Haus.", date(2026, 2, 2))
    assert [(a.number, a.grade, a.potential) for a in facts.areas] == [
        (1, "sehr gut", ""),
        (5, "sehr gut", "Mehr Partner."),
    ]
    assert facts.previous == ""


@pytest.mark.django_db
def test_profile_compares_with_the_last_result() -> None:
    outcome = released()
    earlier = CaseFactory.create(
        centre=outcome.case.centre,
        state=State.AWARDED,
        round=RoundFactory.create(edition=outcome.case.round.edition, label="Damals"),
    )
    before = recommend(earlier, released=True)
    Outcome.objects.filter(pk=before.pk).update(released_at=datetime(2022, 5, 5, 10, tzinfo=UTC))
    earlier.area_results.filter(area__number=1).update(grade="good")

    facts = ProfileFacts.read(profiles.order(outcome, at=AT).facts)

    assert (facts.previous, facts.previous_on, facts.other_edition) == ("Damals", date(2022, 5, 5), False)
    assert [area.before for area in facts.areas] == ["gut", "sehr gut"]


@pytest.mark.django_db
def test_order_is_refused_before_the_release_and_made_once_after_it() -> None:
    with pytest.raises(certificates.NotPossibleError, match="freigegeben"):
        profiles.order(recommend(case_of(State.RECOMMENDED)), at=AT)

    outcome = released()
    assert profiles.order(outcome, at=AT) == profiles.order(outcome, at=LATER)


@pytest.mark.django_db
def test_profile_is_printed_once_and_stored_with_its_hash() -> None:
    profile = issued()

    again = profiles.issue(profile, at=LATER)

    assert again.issued_at == AT
    assert profile.sha256 == hashlib.sha256(certificates.read(profile)).hexdigest()


@pytest.mark.django_db
def test_correction_is_a_new_version_and_leaves_the_old_as_it_was() -> None:
    old = issued()
    outcome = old.outcome
    content = certificates.read(old)
    outcome.case.area_results.filter(area__number=1).update(text="Berichtigt.")

    new = profiles.issue(profiles.replace(old, reason="Schreibfehler in Bereich 1.", at=LATER), at=LATER)

    old.refresh_from_db()
    assert (new.version, new.replaces, old.replaced_at) == (2, old, LATER)
    assert (new.facts["areas"][0]["text"], new.facts["correction"]) == ("Berichtigt.", "Schreibfehler in Bereich 1.")
    assert certificates.read(old) == content
    assert list(outcome.profiles.current()) == [new]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ready", "reason", "sentence"),
    [(True, " ", "Bitte geben Sie den Grund an."), (False, "Fehler", "Nur ein ausgestelltes")],
)
def test_correction_is_refused(ready: bool, reason: str, sentence: str) -> None:
    profile = issued() if ready else profiles.order(released(), at=AT)

    with pytest.raises(certificates.NotPossibleError, match=sentence):
        profiles.replace(profile, reason=reason, at=LATER)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("trigger", "change"),
    [
        ("said_once", lambda: QualityProfile.objects.update(facts={})),
        ("issued_once", lambda: QualityProfile.objects.update(sha256="0" * 64)),
        ("kept", lambda: QualityProfile.objects.all().delete()),
    ],
)
def test_database_refuses_to_change_an_issued_profile(trigger: str, change: Callable[[], object]) -> None:
    issued()

    with pytest.raises(DatabaseError, match=trigger), transaction.atomic():
        change()


@pytest.mark.django_db
def test_forgotten_profiles_are_found(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    waiting = profiles.order(released(), at=AT)
    issued()

    assert tasks.issue_profiles() == 1
    tasks.issue_profile(waiting.pk)

    assert not QualityProfile.objects.unissued().exists()


@pytest.mark.django_db
def test_stranger_sees_no_profile_of_another_centre() -> None:
    profile, today = issued(), timezone.localdate()

    def seen(user: Any) -> list[QualityProfile]:
        return list(QualityProfile.objects.visible_to(user, on=today))

    assert seen(lead(profile.outcome.case)) == [profile]
    assert seen(UserFactory.create(auditor=True)) == [profile]
    assert seen(MembershipFactory.create().user) == []
    assert seen(UserFactory.create(service_office=True)) == []


@pytest.mark.django_db
def test_centre_downloads_its_profile_byte_for_byte(client: Client) -> None:
    profile = issued()
    client.force_login(lead(profile.outcome.case))

    response = client.get(reverse("portal:profile", args=[profile.pk]))

    assert response.content == certificates.read(profile)
    assert "attachment" in response["Content-Disposition"]


def pdf(facts: ProfileFacts = FACTS) -> Any:
    return PdfReader(BytesIO(printing.render(facts, ordered_at=AT)))


def text_of(file: Any) -> str:
    return " ".join(" ".join(page.extract_text() for page in file.pages).split())


def test_file_says_everything() -> None:
    text = text_of(pdf())

    for words in (FACTS.centre, "Gütesiegelfähig", "Muster – nicht amtlich", "Weiter so.", "Mehr Zeit für Gespräche.",
                  "Beim letzten Mal", "nicht bewertet", "Damals galten andere Kriterien", "Seite 1 von"):  # fmt: skip
        assert words in text


def test_file_is_tagged_and_names_language_title_and_both_standards() -> None:
    file = pdf()
    catalog = file.root_object
    xmp = catalog["/Metadata"].get_data().decode()

    assert catalog["/MarkInfo"] == {"/Marked": True}
    assert (catalog["/Lang"], catalog["/ViewerPreferences"]) == ("de", {"/DisplayDocTitle": True})
    assert file.metadata.title == f"Qualitätsprofil: {FACTS.centre}, {FACTS.round} (Muster)"
    assert 'pdfaid:part="3"' in xmp
    assert "<pdfuaid:part>1</pdfuaid:part>" in xmp
    assert tags(catalog["/StructTreeRoot"]) >= {"/H1", "/H2", "/H3", "/H4", "/Table", "/TH", "/P"}


def tags(node: Any) -> set[str]:
    kids = node.get("/K", [])
    kids = kids if isinstance(kids, list) else [kids]
    found = {str(node["/S"])} if "/S" in node else set()
    return found.union(*(tags(kid.get_object()) for kid in kids if hasattr(kid.get_object(), "get")))


def test_long_texts_take_more_pages_and_the_same_facts_give_the_same_bytes() -> None:
    long = tuple(AreaFacts(n, f"Bereich {n}", "Leistung", "gut", "Ein langer Satz. " * 120) for n in range(1, 9))
    facts = ProfileFacts(**{name: getattr(FACTS, name) for name in ProfileFacts.__slots__} | {"areas": long})

    assert len(pdf(facts).pages) > 3
    assert printing.render(facts, ordered_at=AT) == printing.render(facts, ordered_at=AT)


@pytest.mark.django_db
def test_ministry_corrects_a_profile_in_the_admin(client: Client) -> None:
    profile = issued()
    client.force_login(UserFactory.create(ministry=True))

    page = client.get(reverse("admin:certification_qualityprofile_change", args=[profile.pk]))
    file = client.get(reverse("admin:certification_qualityprofile_file", args=[profile.pk]))
    act = reverse("admin:certification_qualityprofile_act", args=[profile.pk, "berichtigen"])
    client.post(act, {"reason": "Name falsch geschrieben."})

    assert "Qualitätsprofil herunterladen" in page.content.decode()
    assert file.content == certificates.read(profile)
    assert QualityProfile.objects.current().get().version == 2


@pytest.mark.django_db
@pytest.mark.parametrize(("stage", "number"), [("offen", 1), ("gueltig", 1), ("ersetzt", 0), ("", 2)])
def test_admin_filters_profiles_by_stage(client: Client, stage: str, number: int) -> None:
    waiting = profiles.order(released(), at=AT)
    issued()
    client.force_login(UserFactory.create(ministry=True))

    response = client.get(reverse("admin:certification_qualityprofile_changelist"), {"stand": stage} if stage else {})
    missing = client.get(reverse("admin:certification_qualityprofile_file", args=[waiting.pk]))

    assert response.context["cl"].result_count == number
    assert missing.status_code == 404
