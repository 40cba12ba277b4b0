"""Why a letter came, in portal and admin; and how the ministry holds one that was written."""

import pytest
from django.test import Client
from django.urls import reverse

from centres import holds
from centres.models import Letter, LetterState
from tests.certification.admin import AT, ministry, queries
from tests.factories.accounts import UserFactory
from tests.factories.centres import FamilyCentreFactory, MembershipFactory
from tests.factories.post import LetterFactory

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(AT, tick=False)]
WHY = "Warum habe ich das bekommen?"


@pytest.fixture
def letter() -> Letter:
    """To the lead; her deputy has a copy, and so has, by the same key, somebody elsewhere."""
    centre, other = FamilyCentreFactory.create(), FamilyCentreFactory.create()
    words = {"state": LetterState.SENT, "sent_at": AT, "comes_next": "Im Juli erinnern wir Sie noch einmal."}
    found: Letter = LetterFactory.create(key="seal-1/x", to_name="Lena Lead", centre=centre, **words)
    LetterFactory.create(key="seal-1/x/7", to_name="Dora Deputy", centre=centre, **words)
    LetterFactory.create(key="seal-1/x/8", to_name="Frieda Fremd", centre=other, **words)
    LetterFactory.create(key="seal-1/y", to_name="Anna Anlass", centre=centre, **words)
    return found


def test_the_portal_says_why_who_else_and_what_comes_next(client: Client, letter: Letter) -> None:
    client.force_login(MembershipFactory.create(centre=letter.centre).user)

    page = client.get(reverse("portal:letter", args=[letter.pk])).text.partition(WHY)[2]

    assert all(words in page for words in (letter.why, "Dora Deputy", letter.comes_next))
    assert "Frieda Fremd" not in page
    assert "Anna Anlass" not in page


def test_the_portal_says_that_a_letter_is_held_and_that_one_may_be_ended(client: Client) -> None:
    by = UserFactory.create(ministry=True)
    letter = LetterFactory.create(centre=FamilyCentreFactory.create(), mandatory=False)
    holds.hold(rule=letter.rule, about="Regel", reason="interner Grund", by=by, at=AT)
    client.force_login(MembershipFactory.create(centre=letter.centre).user)

    page = client.get(reverse("portal:letter", args=[letter.pk])).text

    assert "Dieser Brief ist angehalten" in page
    assert reverse("letter_settings") in page.partition(WHY)[2]
    assert "interner Grund" not in page


def test_the_admin_says_the_same(client: Client, letter: Letter) -> None:
    ministry(client)

    page = client.get(reverse("admin:centres_letter_change", args=[letter.pk])).text

    assert all(words in page for words in (letter.why, letter.rule, "Dora Deputy", letter.comes_next))
    assert "Frieda Fremd" not in page


def test_the_admin_names_other_ways_to_the_centre_of_a_letter_that_failed(client: Client) -> None:
    centre = FamilyCentreFactory.create(email="zentrum@example.org")
    letter = LetterFactory.create(centre=centre, state=LetterState.FAILED, error="550 unknown")
    ministry(client)

    page = client.get(reverse("admin:centres_letter_change", args=[letter.pk])).text

    assert "zentrum@example.org (Familienzentrum)" in page


def test_a_waiting_letter_is_held_and_the_list_says_why(client: Client) -> None:
    letter = LetterFactory.create(centre=FamilyCentreFactory.create())
    ministry(client)

    client.post(reverse("admin:centres_letter_hold", args=[letter.pk]), {"reason": "Falscher Anhang."})

    letter.refresh_from_db()
    assert letter.state == LetterState.WITHHELD
    assert "angehalten: Falscher Anhang." in client.get(reverse("admin:centres_letter_changelist")).text
    assert "Freigeben" in client.get(reverse("admin:centres_letter_change", args=[letter.pk])).text


def test_lifting_says_how_many_go_out(client: Client) -> None:
    LetterFactory.create_batch(2)
    hold = holds.hold(rule="seal/6-months", about="Regel", reason="Text", by=ministry(client), at=AT)
    page = reverse("admin:centres_hold_lift", args=[hold.pk])
    assert "Freigeben" in client.get(page).text
    assert hold.pk == client.get(reverse("admin:centres_hold_change", args=[hold.pk])).context["original"].pk

    response = client.post(page, follow=True)

    assert "2 Briefe gehen jetzt hinaus." in response.text
    assert "Wieder freigegeben am" in client.get(page).text


@pytest.mark.parametrize(("stand", "found"), [("offen", 1), ("frei", 0), ("", 1)])
def test_holds_are_listed_by_whether_they_are_in_force(client: Client, stand: str, found: int) -> None:
    holds.hold(rule="seal/6-months", about="Regel", reason="Der Text.", by=ministry(client), at=AT)

    response = client.get(reverse("admin:centres_hold_changelist"), {"stand": stand} if stand else {})

    assert response.text.count("Der Text.") == found


def test_the_list_asks_as_often_for_three_as_for_one(client: Client) -> None:
    LetterFactory.create(centre=FamilyCentreFactory.create())
    holds.hold(rule="seal/6-months", about="Regel", reason="Text", by=ministry(client), at=AT)
    page = reverse("admin:centres_letter_changelist")
    for_one = queries(client, page)

    for _ in range(2):
        LetterFactory.create(centre=FamilyCentreFactory.create())
    assert queries(client, page) == for_one
