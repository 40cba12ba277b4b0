"""The session ends while somebody types: nothing is lost, nothing is done, and nobody else sees it."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.drafts import KEPT_FOR, MOST
from accounts.models import Draft, User
from certification.models import Case
from certification.rules.moves import State
from tests.certification.portal_cases import AT, case_of, deputy, lead
from tests.factories.accounts import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(AT, tick=False)]
TYPED = "Der Träger gibt das Familienzentrum auf."


@pytest.fixture
def case() -> Case:
    return case_of()


@pytest.fixture
def page(client: Client, case: Case) -> str:
    """A form that was opened by the lead, whose session is over now."""
    client.force_login(lead(case))
    page = reverse("portal:withdraw", args=[case.pk])
    client.get(page)
    end_session(client)
    return page


def end_session(client: Client) -> None:
    del client.cookies["sessionid"]


def sign_in(client: Client, user: User, page: str) -> Any:
    return client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD, "next": page})


def test_what_was_typed_is_in_the_form_again_after_signing_in(client: Client, case: Case, page: str) -> None:
    response = client.post(page, {"reason": TYPED})
    assertRedirects(response, f"{reverse('account_login')}?next={page}", fetch_redirect_response=False)
    assertContains(client.get(response["Location"]), "Was Sie eingegeben haben, ist aufgehoben")

    assertRedirects(sign_in(client, lead(case), page), page, fetch_redirect_response=False)

    assertContains(client.get(page), f">\n{TYPED}</textarea>")
    assertContains(client.get(page), "Ihre Eingaben sind wieder da")


def test_nothing_is_done_without_the_person_pressing_the_button(client: Client, case: Case, page: str) -> None:
    client.post(page, {"reason": TYPED})
    sign_in(client, lead(case), page)
    client.get(page)
    case.refresh_from_db()
    assert case.state == State.REGISTERED

    client.post(page, {"reason": TYPED})

    case.refresh_from_db()
    assert (case.state, Draft.objects.count()) == (State.WITHDRAWN, 0)


def test_another_person_of_the_same_centre_does_not_see_it(client: Client, case: Case, page: str) -> None:
    client.post(page, {"reason": TYPED})

    sign_in(client, deputy(case), page)

    assertNotContains(client.get(page), TYPED)
    client.post(reverse("account_logout"))
    sign_in(client, lead(case), page)
    assertContains(client.get(page), TYPED)


def test_it_is_not_shown_in_another_browser(client: Client, case: Case, page: str) -> None:
    client.post(page, {"reason": TYPED})
    other = Client()
    other.force_login(lead(case))

    assertNotContains(other.get(page), TYPED)


def test_it_belongs_to_its_page(client: Client, case: Case, page: str) -> None:
    client.post(page, {"reason": TYPED})
    sign_in(client, lead(case), page)

    assertNotContains(client.get(reverse("portal:area", args=[case.pk, 1])), "Ihre Eingaben sind wieder da")


def test_it_can_be_discarded(client: Client, case: Case, page: str) -> None:
    client.post(page, {"reason": TYPED})
    sign_in(client, lead(case), page)

    assertRedirects(client.post(page, {"entwurf-verwerfen": ""}), page, fetch_redirect_response=False)

    assertNotContains(client.get(page), TYPED)
    assert not Draft.objects.exists()


def test_from_a_browser_in_which_nobody_was_signed_in_nothing_is_kept(case: Case) -> None:
    page = reverse("portal:withdraw", args=[case.pk])

    response = Client().post(page, {"reason": TYPED})

    assertRedirects(response, f"{reverse('account_login')}?next={page}")
    assert not Draft.objects.exists()


def test_who_was_signed_in_cannot_be_made_up(client: Client, case: Case, page: str) -> None:
    client.cookies["zuletzt"] = f"{deputy(case).pk}:gefälscht"

    client.post(page, {"reason": TYPED})

    assert not Draft.objects.exists()


def test_files_and_the_token_of_the_form_are_not_kept(client: Client, page: str) -> None:
    file = SimpleUploadedFile("nachweis.pdf", b"%PDF")

    client.post(page, {"reason": TYPED, "datei": file, "csrfmiddlewaretoken": "geheim"})

    assert Draft.objects.get().data == {"reason": [TYPED]}


def test_typing_on_replaces_what_was_kept(client: Client, page: str) -> None:
    client.post(page, {"reason": "Der Träger"})
    client.post(page, {"reason": TYPED})

    assert Draft.objects.get().data == {"reason": [TYPED]}


def test_where_nothing_was_typed_nothing_is_kept(client: Client, page: str) -> None:
    client.post(page, {"csrfmiddlewaretoken": "geheim"})

    assert not Draft.objects.exists()


def test_no_more_is_kept_than_a_person_can_have_typed(client: Client, case: Case, page: str) -> None:
    old = timezone.now() - KEPT_FOR - timedelta(minutes=1)
    Draft.objects.create(token_hash="alt", owner=deputy(case), path=page, data={}, kept_at=old)
    for n in range(MOST + 1):
        client.post(page, {"reason": TYPED}, headers={"Referer": f"http://testserver/portal/seite/{n}/"})

    assert Draft.objects.filter(owner=lead(case)).count() == MOST
    assert not Draft.objects.filter(token_hash="alt").exists()


def test_a_script_is_told_instead_of_led_away(client: Client, case: Case) -> None:
    page = reverse("portal:area", args=[case.pk, 1])
    client.force_login(lead(case))
    client.get(page)
    end_session(client)

    response = client.post(page, {"teil1-text": TYPED}, headers={"HX-Request": "true"})

    assert (response.status_code, response.content) == (401, b"")
    assert Draft.objects.get().data == {"teil1-text": [TYPED]}


def from_before_signing_in(case: Case, **headers: Any) -> tuple[Client, Any]:
    """The lead sends a form whose protection was renewed in another window."""
    client, page = Client(enforce_csrf_checks=True), reverse("portal:withdraw", args=[case.pk])
    client.force_login(lead(case))
    client.get(page)
    data = {"reason": TYPED, "csrfmiddlewaretoken": "a" * 64}
    return client, client.post(page, data, headers={"Referer": f"http://testserver{page}", **headers})


def test_a_form_from_before_the_last_sign_in_comes_back_filled_in(case: Case) -> None:
    client, response = from_before_signing_in(case, Origin="http://testserver")

    assertRedirects(response, reverse("portal:withdraw", args=[case.pk]), fetch_redirect_response=False)
    assertContains(client.get(response["Location"]), f">\n{TYPED}</textarea>")
    case.refresh_from_db()
    assert case.state == State.REGISTERED


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://evil.example"}])
def test_a_form_from_elsewhere_is_refused_and_nothing_is_kept(case: Case, headers: dict[str, str]) -> None:
    _, response = from_before_signing_in(case, **headers)

    assert response.status_code == 403
    assert not Draft.objects.exists()


def test_a_forged_form_is_kept_for_nobody_who_is_not_signed_in(client: Client, case: Case, page: str) -> None:
    client.handler.enforce_csrf_checks = True

    response = client.post(page, {"reason": TYPED}, headers={"Origin": "https://evil.example"})

    assert response.status_code == 403
    assert not Draft.objects.exists()


def test_the_session_is_over_after_twelve_hours(client: Client, case: Case, time_machine: Any) -> None:
    page = reverse("portal:withdraw", args=[case.pk])
    client.force_login(lead(case))
    time_machine.move_to(AT + timedelta(hours=12, seconds=-1))
    assert client.get(page).status_code == 200

    time_machine.move_to(AT + timedelta(hours=12, seconds=1))

    assert client.get(page).status_code == 302
