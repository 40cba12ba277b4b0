from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from certification import certificates
from certification.models import Certificate, Seal
from certification.models.seal import new_public_id
from certification.rules.numbers import certificate_number
from certification.views.verification import ATTEMPTS
from tests.factories.centres import MembershipFactory
from tests.factories.certification import CertificateFactory, SealFactory

AT = datetime(2026, 5, 5, 10, tzinfo=UTC)
IN_FORCE = datetime(2027, 3, 1, 9, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_count() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def on_paper(**seal: Any) -> Certificate:
    """An issued certificate of a seal awarded on 5 May 2026, whose file nobody looks at."""
    certificate = certificates.order(SealFactory.create(**seal), at=AT)
    Certificate.objects.filter(pk=certificate.pk).update(issued_at=AT, file="x.pdf", sha256="0" * 64)
    return Certificate.objects.get(pk=certificate.pk)


def page(client: Client, certificate: Certificate | str) -> str:
    public_id = certificate if isinstance(certificate, str) else certificate.public_id
    response = client.get(f"/siegel/{public_id}/")
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2026, 5, 4, 12, tzinfo=UTC), "Echt, aber noch nicht gültig"),
        (datetime(2026, 5, 5, 12, tzinfo=UTC), "Echt und gültig"),
        (datetime(2029, 7, 31, 21, 59, tzinfo=UTC), "Echt und gültig"),
        (datetime(2029, 7, 31, 22, 1, tzinfo=UTC), "Echt und gültig, läuft aus"),
        (datetime(2030, 7, 31, 21, 59, tzinfo=UTC), "Echt und gültig, läuft aus"),
        (datetime(2030, 7, 31, 22, 1, tzinfo=UTC), "Echt, aber abgelaufen"),
    ],
)
def test_page_says_what_the_seal_is_today_in_berlin(client: Client, moment: datetime, words: str) -> None:
    certificate = on_paper()

    with time_machine.travel(moment, tick=False):
        assert f"<h1>{words}</h1>" in page(client, certificate)


@pytest.mark.parametrize(("kind", "words"), [("withdrawn", "entzogen"), ("superseded", "abgelöst")])
def test_page_says_that_a_seal_is_void_from_its_day_on(client: Client, kind: str, words: str) -> None:
    certificate = on_paper()
    Seal.objects.update(void_from=date(2027, 3, 1), void_kind=kind)

    with time_machine.travel(datetime(2027, 2, 28, 12, tzinfo=UTC), tick=False):
        assert "<h1>Echt und gültig</h1>" in page(client, certificate)
    with time_machine.travel(IN_FORCE, tick=False):
        assert f"<h1>Echt, aber {words}</h1>" in page(client, certificate)


@time_machine.travel(IN_FORCE, tick=False)
def test_page_of_a_replaced_certificate_names_the_new_one(client: Client) -> None:
    old = on_paper()
    new = certificates.replace(old, reason="Falscher Name", at=IN_FORCE)

    html = page(client, old)

    assert "<h1>Echt, aber ersetzt</h1>" in html
    assert f"Die neue trägt die Nummer {new.number}" in html


@time_machine.travel(IN_FORCE, tick=False)
def test_page_of_a_replaced_certificate_of_a_withdrawn_seal_says_withdrawn(client: Client) -> None:
    old = on_paper()
    certificates.replace(old, reason="Falscher Name", at=IN_FORCE)
    Seal.objects.update(void_from=date(2027, 2, 1), void_kind="withdrawn")

    assert "<h1>Echt, aber entzogen</h1>" in page(client, old)


def test_page_of_an_unknown_id_says_unknown(client: Client) -> None:
    assert "<h1>Unbekannt</h1>" in page(client, new_public_id())


def test_page_of_a_certificate_that_was_only_ordered_says_unknown(client: Client) -> None:
    assert "<h1>Unbekannt</h1>" in page(client, CertificateFactory.create())


@time_machine.travel(IN_FORCE, tick=False)
def test_page_shows_what_the_paper_must_say(client: Client) -> None:
    certificate = on_paper(centre__name="Kita Regenbogen", centre__certification_number="0001001")
    certificate.seal.centre.name = "Kita Sonnenschein"
    certificate.seal.centre.save()

    html = page(client, certificate)

    for words in ("Kita Regenbogen", "Einzel-Familienzentrum", "0001001", certificate.number, "5. Mai 2026"):
        assert words in html
    assert "31. Juli 2030" in html
    assert "Kita Sonnenschein" not in html


@time_machine.travel(IN_FORCE, tick=False)
def test_page_of_an_extended_seal_tells_paper_and_truth_apart(client: Client) -> None:
    certificate = on_paper()
    Seal.objects.update(valid_through=date(2031, 7, 31))

    html = page(client, certificate)

    assert "Auf dem Papier steht 31. Juli 2030; es gilt 31. Juli 2031." in html


def test_page_names_no_person(client: Client) -> None:
    certificate = on_paper(centre__lead_name="Petra Beispiel", centre__email="petra@example.org")
    MembershipFactory.create(centre=certificate.seal.centre, user__name="Petra Beispiel", user__email="p@example.org")

    html = page(client, certificate)

    assert "Petra" not in html
    assert "example.org" not in html


def test_known_and_unknown_ids_cost_the_same_query(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    certificate = on_paper()

    for public_id in (certificate.public_id, new_public_id()):
        with django_assert_num_queries(1 + 2):  # and the savepoint of the request, opened and released
            page(client, public_id)


def test_known_and_unknown_ids_give_a_page_of_the_same_shape(client: Client) -> None:
    known, unknown = page(client, on_paper()), page(client, new_public_id())

    for mark in ("<h2", "<dt", "<form", "<a "):
        assert known.count(mark) == unknown.count(mark)


def test_two_unknown_ids_give_the_same_page(client: Client) -> None:
    ids = [new_public_id(), new_public_id()]

    first, second = (page(client, each).replace(each, "") for each in ids)

    assert first == second


def test_page_is_neither_cached_nor_indexed(client: Client) -> None:
    response = client.get(f"/siegel/{on_paper().public_id}/")

    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex"


def test_page_loads_no_script_of_its_own(client: Client) -> None:
    assert "<script" not in page(client, on_paper()).partition("<body")[2]


@time_machine.travel(IN_FORCE, tick=False)
@pytest.mark.parametrize("typed", ["{number}", " {plain} ", "http://anywhere.example/siegel/{id}/", "{id}"])
def test_form_finds_a_certificate_by_what_is_on_the_paper(client: Client, typed: str) -> None:
    certificate = on_paper()
    plain = certificate.number.replace("-", " ").lower()

    response = client.get(
        "/siegel/",
        {"nummer": typed.format(number=certificate.number, plain=plain, id=certificate.public_id)},
    )

    assert "<h1>Echt und gültig</h1>" in response.content.decode()


def test_form_does_not_tell_the_public_id(client: Client) -> None:
    certificate = on_paper()

    response = client.get("/siegel/", {"nummer": certificate.number})

    assert certificate.public_id not in response.content.decode()


@pytest.mark.parametrize("typed", ["FZ-2026-000001-0", "abc", ""])
def test_form_tells_a_typing_mistake_without_looking_it_up(client: Client, typed: str) -> None:
    response = client.get("/siegel/", {"nummer": typed})

    assert response.context["form"].errors
    assert "answer" not in response.context


def test_form_is_empty_at_first(client: Client) -> None:
    response = client.get("/siegel/")

    assert not response.context["form"].is_bound


def test_guessing_is_slowed_down_per_client(client: Client) -> None:
    for _ in range(ATTEMPTS):
        page(client, new_public_id())

    assert client.get(f"/siegel/{new_public_id()}/").status_code == 429
    assert Client(REMOTE_ADDR="192.0.2.7").get(f"/siegel/{new_public_id()}/").status_code == 200


def test_counting_through_numbers_is_slowed_down(client: Client) -> None:
    on_paper()
    for serial in range(1, ATTEMPTS + 1):
        client.get("/siegel/", {"nummer": certificate_number(2026, serial)})

    response = client.get("/siegel/", {"nummer": certificate_number(2026, 1)})

    assert response.status_code == 429
    assert response["Retry-After"] == "600"


def test_scanning_genuine_certificates_is_never_slowed_down(client: Client) -> None:
    certificate = on_paper()

    for _ in range(ATTEMPTS + 1):
        page(client, certificate)


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_page_only_answers_questions(client: Client, method: str) -> None:
    assert getattr(client, method)(f"/siegel/{new_public_id()}/").status_code == 405
