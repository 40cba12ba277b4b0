import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from threading import Barrier, Thread
from typing import TypeVar

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from certification import certificates, tasks
from certification.certificates import certificate_response
from certification.models import Certificate
from certification.rules.facts import Facts
from certification.rules.numbers import is_valid_number
from config.celery import app
from tests.factories.accounts import UserFactory
from tests.factories.centres import FamilyCentreFactory, MembershipFactory, NetworkFactory
from tests.factories.certification import CertificateFactory, SealFactory

Item = TypeVar("Item")

AT = datetime(2026, 5, 5, 10, tzinfo=UTC)
LATER = datetime(2026, 9, 1, 10, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_files(settings: Settings, tmp_path: Path) -> None:
    default = settings.STORAGES["default"] | {"OPTIONS": {"location": tmp_path, "base_url": None}}
    settings.STORAGES = settings.STORAGES | {"default": default}


def issued(**fields: object) -> Certificate:
    return certificates.issue(certificates.order(SealFactory.create(**fields), at=AT), at=AT)


def test_order_freezes_what_the_certificate_says() -> None:
    seal = SealFactory.create(centre__name="Kita Regenbogen", centre__certification_number="0001001")

    facts = Facts.read(certificates.order(seal, at=AT).facts)

    assert (facts.centre, facts.certification_number) == ("Kita Regenbogen", "0001001")
    assert (facts.awarded_on, facts.valid_through) == (date(2026, 5, 5), date(2030, 7, 31))
    assert facts.sample


def test_order_names_each_facility_of_a_network_the_grant_recipient_first() -> None:
    centre = NetworkFactory.create(size=3, member__facility__name="Zuletzt im Alphabet")

    facts = Facts.read(certificates.order(SealFactory.create(centre=centre), at=AT).facts)

    assert next(place.name for place in facts.facilities) == "Zuletzt im Alphabet"
    assert len(facts.facilities) == 3
    assert facts.form == "Verbund"


def test_order_names_the_address_of_its_own_page(settings: Settings) -> None:
    certificate = certificates.order(SealFactory.create(), at=AT)

    assert certificate.facts["address"] == f"{settings.SITE_URL}/siegel/{certificate.public_id}/"


def test_order_twice_gives_the_same_certificate() -> None:
    seal = SealFactory.create()

    assert certificates.order(seal, at=AT) == certificates.order(seal, at=LATER)
    assert Certificate.objects.count() == 1


def test_order_is_refused_for_a_withdrawn_seal() -> None:
    seal = SealFactory.create(void_from=date(2027, 1, 1), void_kind="withdrawn")

    with pytest.raises(certificates.NotPossibleError, match="entzogen"):
        certificates.order(seal, at=AT)


def test_order_queues_the_printing_after_the_commit(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        certificates.order(SealFactory.create(), at=AT)

    assert len(callbacks) == 1
    assert tasks.issue_certificate.name == certificates.ISSUE
    assert certificates.ISSUE in app.tasks


def test_numbers_count_up_within_the_year_of_award() -> None:
    seals = [SealFactory.create(awarded_on=day) for day in (date(2026, 5, 5), date(2025, 6, 1), date(2026, 6, 1))]

    numbers = [certificates.order(seal, at=LATER).number for seal in seals]

    assert [number[:-2] for number in numbers] == ["FZ-2026-000001", "FZ-2025-000001", "FZ-2026-000002"]
    assert all(map(is_valid_number, numbers))


def test_number_of_an_order_that_was_rolled_back_is_used_again() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        certificates.order(SealFactory.create(), at=AT)
        raise IntegrityError

    assert certificates.order(SealFactory.create(), at=AT).number.startswith("FZ-2026-000001-")


@pytest.mark.django_db(transaction=True)
def test_numbers_of_orders_at_the_same_time_differ_without_gap() -> None:
    seals = [SealFactory.create(centre=FamilyCentreFactory.create()) for _ in range(4)]

    run_at_once(seals, lambda seal: certificates.order(seal, at=AT))

    serials = sorted(number.split("-")[2] for number in Certificate.objects.values_list("number", flat=True))
    assert serials == ["000001", "000002", "000003", "000004"]


def test_issue_stores_the_file_with_its_hash() -> None:
    certificate = issued()

    content = certificates.read(certificate)

    assert content.startswith(b"%PDF-1.7")
    assert certificate.sha256 == hashlib.sha256(content).hexdigest()
    assert certificate.issued_at == AT


def test_issue_again_leaves_everything_as_it_is() -> None:
    certificate = issued()

    again = certificates.issue(certificate, at=LATER)

    assert (again.issued_at, again.file.name, again.sha256) == (AT, certificate.file.name, certificate.sha256)


@pytest.mark.django_db(transaction=True)
def test_issue_by_two_workers_at_once_prints_one_file(tmp_path: Path) -> None:
    certificate = certificates.order(SealFactory.create(centre=FamilyCentreFactory.create()), at=AT)

    run_at_once([certificate] * 2, lambda each: certificates.issue(each, at=AT))

    assert len(list(tmp_path.rglob("*.pdf"))) == 1
    assert Certificate.objects.issued().count() == 1


def test_download_is_the_same_after_renaming_and_a_new_template(settings: Settings, tmp_path: Path) -> None:
    certificate = issued()
    before = certificate_response(certificate).content
    certificate.seal.centre.name = "Ein anderer Name"
    certificate.seal.centre.save()
    (tmp_path / "pdf").mkdir()
    (tmp_path / "pdf" / "certificate.html").write_text("<p>Eine andere Vorlage</p>")
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [tmp_path]}]

    certificates.issue(certificate, at=LATER)
    tasks.issue_certificate(certificate.pk)

    assert certificate_response(Certificate.objects.get()).content == before


def test_download_is_a_pdf_for_nobody_else_to_keep() -> None:
    certificate = issued()

    response = certificate_response(certificate)

    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'attachment; filename="Urkunde {certificate.number}.pdf"'
    assert response["Cache-Control"] == "private, no-store"


def test_download_of_a_damaged_file_is_refused(tmp_path: Path) -> None:
    certificate = issued()
    (tmp_path / str(certificate.file.name)).write_bytes(b"%PDF-1.7 something else")

    with pytest.raises(certificates.DamagedFileError):
        certificate_response(certificate)


def test_replace_orders_a_new_certificate_and_leaves_the_old_file() -> None:
    old = issued()
    content = certificates.read(old)

    new = certificates.replace(old, reason="Der Name war falsch geschrieben.", at=LATER)

    old.refresh_from_db()
    assert (old.replaced_at, old.replaced_by) == (LATER, new)
    assert certificates.read(old) == content
    assert (new.facts["replaces"], new.issued_at) == (old.number, None)


@pytest.mark.parametrize("reason", ["", "   "])
def test_replace_without_a_reason_is_refused(reason: str) -> None:
    with pytest.raises(certificates.NotPossibleError, match="Grund"):
        certificates.replace(issued(), reason=reason, at=LATER)


def test_replace_twice_is_refused() -> None:
    old = issued()
    certificates.replace(old, reason="Falscher Name", at=LATER)

    with pytest.raises(certificates.NotPossibleError, match="noch nicht ersetzt"):
        certificates.replace(old, reason="Falscher Name", at=LATER)


def test_replace_before_it_was_issued_is_refused() -> None:
    ordered = certificates.order(SealFactory.create(), at=AT)

    with pytest.raises(certificates.NotPossibleError, match="ausgestellte"):
        certificates.replace(ordered, reason="Falscher Name", at=LATER)


@pytest.mark.parametrize("change", [{"sha256": "0" * 64}, {"file": "other.pdf"}, {"issued_at": LATER}])
def test_database_refuses_to_change_an_issued_certificate(change: dict[str, object]) -> None:
    CertificateFactory.create(issued=True)

    with pytest.raises(DatabaseError, match="issued_once"), transaction.atomic():
        Certificate.objects.update(**change)


def test_database_refuses_to_change_what_a_certificate_says() -> None:
    CertificateFactory.create()

    with pytest.raises(DatabaseError, match="said_once"), transaction.atomic():
        Certificate.objects.update(facts={"centre": "Ein anderer Name"})


def test_database_refuses_to_delete_a_certificate() -> None:
    certificate = CertificateFactory.create()

    with pytest.raises(DatabaseError, match="kept"), transaction.atomic():
        certificate.delete()


def test_command_issues_what_was_forgotten() -> None:
    certificates.order(SealFactory.create(), at=AT)

    call_command("issue_certificates", stdout=StringIO(), stderr=StringIO())

    assert not Certificate.objects.unissued().exists()


def test_stranger_sees_no_certificate_of_another_centre() -> None:
    certificate = CertificateFactory.create(issued=True)
    lead = MembershipFactory.create(centre=certificate.seal.centre).user
    stranger = MembershipFactory.create().user
    today = timezone.localdate()

    assert list(Certificate.objects.visible_to(lead, on=today)) == [certificate]
    assert list(Certificate.objects.visible_to(stranger, on=today)) == []
    assert list(Certificate.objects.visible_to(UserFactory.create(ministry=True), on=today)) == [certificate]


def run_at_once(items: list[Item], act: Callable[[Item], object]) -> None:
    start = Barrier(len(items))

    def run(item: Item) -> None:
        start.wait()
        try:
            act(item)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[item]) for item in items]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
