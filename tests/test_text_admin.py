"""The ministry's pages about the texts of letters."""

import pytest
from django.test import Client
from django.urls import reverse

from centres.models import Letter, LetterText, TextState
from centres.texts import acts, rendering
from centres.texts.book import BOOK
from tests.certification.admin import ministry, queries
from tests.factories.accounts import UserFactory
from tests.factories.certification import CaseFactory, SealFactory
from tests.factories.post import LetterTextFactory

pytestmark = pytest.mark.django_db
LIST = reverse("admin:centres_lettertext_changelist")
LETTER = reverse("admin:centres_lettertext_letter", args=["reminder_seal"])
EDIT = reverse("admin:centres_lettertext_edit", args=["reminder_seal"])
WORDS = {
    "subject": "Neu: {Familienzentrum}",
    "body": "Bis {Frist}. {Fallhinweis}\r\nWas Sie jetzt tun: lesen.",
    "reason": "Kürzer.",
}


def page_of(text: LetterText) -> str:
    return reverse("admin:centres_lettertext_change", args=[text.pk])


def act(text: LetterText, name: str) -> str:
    return reverse("admin:centres_lettertext_act", args=[text.pk, name])


def labels(client: Client, text: LetterText) -> set[str]:
    return {each.name for each in client.get(page_of(text)).context["acts"]}


def test_list_names_every_letter_with_its_state(client: Client) -> None:
    ministry(client)
    LetterTextFactory.create(released=True, number=3)
    LetterTextFactory.create(letter="case_invited", waiting=True)

    response = client.get(LIST)

    assert len(response.context["rows"]) == len(BOOK)
    assert all(kind.title in response.text for kind in BOOK.values())
    assert "<strong>geändert</strong>, Fassung 3 seit 2. März 2026" in response.text
    assert "wartet auf Freigabe" in response.text


def test_list_asks_as_often_for_three_texts_as_for_one(client: Client) -> None:
    ministry(client)
    LetterTextFactory.create(released=True)
    for_one = queries(client, LIST)
    LetterTextFactory.create(letter="case_invited", waiting=True)
    LetterTextFactory.create(letter="case_missed")

    assert queries(client, LIST) == for_one


def test_history_asks_as_often_for_three_versions_as_for_one(client: Client) -> None:
    ministry(client)
    LetterTextFactory.create(superseded=True)
    for_one = queries(client, LETTER)
    LetterTextFactory.create_batch(2, superseded=True)

    assert queries(client, LETTER) == for_one


def test_text_that_no_longer_fits_is_named_and_the_shipped_one_is_shown(client: Client) -> None:
    ministry(client)
    LetterTextFactory.create(released=True, number=3, body="{Gibtesnichtmehr}")

    letter, listed, edit = (client.get(page) for page in (LETTER, LIST, EDIT))

    assert "Fassung 3 passt nicht mehr zu diesem Brief. Den Platzhalter {Gibtesnichtmehr} gibt es" in letter.text
    assert letter.context["preview"].words.subject.startswith("Ihr Gütesiegel gilt bis")
    assert "Passt nicht mehr, es gilt der mitgelieferte Text." in listed.text
    assert edit.context["form"].initial["body"] == "{Gibtesnichtmehr}"


def test_edit_begins_with_the_text_that_is_valid_now(client: Client) -> None:
    ministry(client)

    form = client.get(EDIT).context["form"]

    assert form.initial["subject"] == rendering.shipped("reminder_seal").subject
    assert "{Frist}" in form.initial["body"]


def test_draft_is_saved_and_its_differences_are_shown(client: Client) -> None:
    author = ministry(client)

    response = client.post(EDIT, WORDS, follow=True)

    text = LetterText.objects.get()
    assert (text.state, text.author, text.body) == (TextState.DRAFT, author, WORDS["body"].replace("\r\n", "\n"))
    assert "<ins>Neu:</ins>" in response.text
    assert "− bisher" in response.text


def test_problem_is_told_by_its_field_and_everything_is_kept(client: Client) -> None:
    ministry(client)

    response = client.post(
        EDIT, {**WORDS, "subject": "", "body": "{Kontonummer} {Fallhinweis} Was Sie jetzt tun: nichts"}
    )

    form = response.context["form"]
    assert form.errors["subject"] == ["Bitte schreiben Sie einen Betreff."]
    assert [each[:35] for each in form.errors["body"]] == [
        "Den Platzhalter {Kontonummer} gibt ",
        "Der Platzhalter {Frist} fehlt (Tag,",
    ]
    assert "{Kontonummer} {Fallhinweis}" in response.text
    assert not LetterText.objects.exists()


def test_draft_somebody_changed_meanwhile_is_not_overwritten(client: Client) -> None:
    ministry(client)
    LetterTextFactory.create(body="Von jemand anderem")

    response = client.post(EDIT, WORDS)

    assert "Inzwischen hat jemand anders den Entwurf geändert." in response.text
    assert LetterText.objects.get().body == "Von jemand anderem"


def test_waiting_draft_is_not_edited(client: Client) -> None:
    ministry(client)
    text = LetterTextFactory.create(waiting=True)

    response = client.get(EDIT)

    assert response["Location"] == page_of(text)


def test_author_is_offered_to_take_back_and_the_second_person_to_release(client: Client) -> None:
    author = ministry(client)
    text = LetterTextFactory.create(waiting=True, author=author)
    assert labels(client, text) == {"take_back", "test"}

    ministry(client)

    assert labels(client, text) == {"release", "send_back", "test"}


def test_what_can_be_done_can_be_reached_from_the_pages(client: Client) -> None:
    ministry(client)
    waiting, valid = LetterTextFactory.create(waiting=True), LetterTextFactory.create(released=True)

    version, letter = client.get(page_of(waiting)).text, client.get(LETTER).text

    assert all(f'href="{act(waiting, name)}"' in version for name in ("release", "send_back", "test"))
    assert f'href="{act(valid, "back_to_shipped")}"' in letter
    LetterText.objects.filter(pk=waiting.pk).update(state=TextState.DRAFT)
    assert f'href="{EDIT}"' in client.get(page_of(waiting)).text
    assert f'href="{EDIT}"' in client.get(LETTER).text


def test_second_person_sees_the_differences_and_releases_what_was_seen(client: Client) -> None:
    second, text = ministry(client), LetterTextFactory.create(waiting=True)
    seen = client.get(act(text, "release")).context["form"].initial["seen"]

    client.post(act(text, "release"), {"seen": seen})

    text.refresh_from_db()
    assert (text.state, text.released_by) == (TextState.RELEASED, second)


def test_release_of_a_page_seen_too_long_ago_is_refused(client: Client) -> None:
    ministry(client)
    text = LetterTextFactory.create(waiting=True)

    response = client.post(act(text, "release"), {"seen": "0-0"})

    assert "Inzwischen hat sich der Entwurf geändert." in response.text


def test_whole_way_from_draft_to_force_and_back(client: Client) -> None:
    author = ministry(client)
    client.post(EDIT, WORDS)
    text = LetterText.objects.get()
    client.post(act(text, "hand_in"))
    ministry(client)
    client.post(act(text, "release"), {"seen": acts.mark(text)})
    client.force_login(author)

    client.post(act(text, "back_to_shipped"), {"reason": "Die Frist stimmt nicht."})

    found = list(LetterText.objects.order_by("number").values_list("state", "shipped", "author"))
    assert [(state, shipped) for state, shipped, _ in found] == [("superseded", False), ("released", True)]


def test_preview_is_filled_in_with_the_case_of_the_number(client: Client) -> None:
    ministry(client)
    SealFactory.create(centre__name="Eine andere")
    seal = SealFactory.create(centre__name="Sonnenschein")
    text = LetterTextFactory.create()

    response = client.get(page_of(text), {"nummer": seal.centre.certification_number})

    assert response.context["preview"].words.subject == "Bitte denken Sie an Ihr Gütesiegel: Sonnenschein"
    assert "Zertifizierungsnummer: " + seal.centre.certification_number in response.context["preview"].words.body


def test_preview_says_when_a_number_has_no_case(client: Client) -> None:
    ministry(client)

    response = client.get(LETTER, {"nummer": "9999999"})

    assert "Zu dieser Zertifizierungsnummer gibt es keinen passenden Fall." in response.text


@pytest.mark.parametrize("key", sorted(BOOK))
def test_each_letter_has_its_page_with_a_real_case_and_with_none(client: Client, key: str) -> None:
    ministry(client)
    page = reverse("admin:centres_lettertext_letter", args=[key])
    without = client.get(page).context["preview"]

    SealFactory.create(case=CaseFactory.create())

    assert (without.error, client.get(page).context["preview"].error) == ("", "")


def test_preview_says_what_the_case_has_not_got(client: Client) -> None:
    ministry(client)
    CaseFactory.create()

    preview = client.get(reverse("admin:centres_lettertext_letter", args=["visit_agreed"])).context["preview"]

    assert preview.made_up == ("die Begehung",)


def test_test_letter_goes_to_whoever_asks(client: Client) -> None:
    person = ministry(client)
    text = LetterTextFactory.create()

    client.post(act(text, "test"), {"number": ""})

    assert Letter.objects.get().to == person.email


@pytest.mark.parametrize("key", ["reminder_seal", "gibt-es-nicht"])
def test_unknown_letters_and_versions_are_not_there(client: Client, key: str) -> None:
    ministry(client)
    LetterTextFactory.create()
    pages = [reverse("admin:centres_lettertext_letter", args=[key]), "/admin/centres/lettertext/x/change/"]

    assert [client.get(page).status_code for page in pages] == [200 if key in BOOK else 404, 404]


@pytest.mark.parametrize("role", ["auditor", "service_office", "lead"])
def test_nobody_but_the_ministry_reads_or_changes_texts(client: Client, role: str) -> None:
    text = LetterTextFactory.create(waiting=True)
    pages = [LIST, LETTER, EDIT, page_of(text), act(text, "release")]
    client.force_login(UserFactory.create(**{role: True}))

    assert {client.get(page).status_code for page in pages} <= {302, 403}
    assert client.post(act(text, "release"), {"seen": acts.mark(text)}).status_code in {302, 403}
    text.refresh_from_db()
    assert text.state == TextState.WAITING


def test_front_page_names_texts_that_wait(client: Client) -> None:
    ministry(client)
    LetterTextFactory.create(waiting=True)

    entries = {each.label: each.number for each in client.get("/admin/").context["turns"]}

    assert entries["Brieftexte freigeben"] == 1
