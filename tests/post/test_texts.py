"""The ministry's own texts: from the draft to the letter, and back."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from centres import delivery, post
from centres.models import Letter, LetterState, LetterText, TextState
from centres.texts import acts, rendering
from centres.texts.book import BOOK
from tests.factories.accounts import UserFactory
from tests.factories.centres import FamilyCentreFactory
from tests.factories.certification import CaseFactory, SealFactory
from tests.factories.post import LetterTextFactory
from tests.post.mail_server import MailServer
from tests.post.test_delivery import AT

pytestmark = pytest.mark.django_db
KIND = BOOK["reminder_seal"]
GOOD = {"subject": "Neu: {Familienzentrum}", "body": "Bis {Frist}. {Fallhinweis}\nWas Sie jetzt tun: lesen."}


@pytest.fixture
def author() -> User:
    return UserFactory.create(ministry=True)


@pytest.fixture
def second() -> User:
    return UserFactory.create(ministry=True)


def drafted(by: User, **changed: str) -> LetterText:
    words = {**GOOD, "reason": "Kürzer.", **changed}
    return acts.save_draft(KIND, **words, by=by, at=AT, seen=acts.mark(LetterText.objects.open().first()))


def handed_in(by: User, **changed: str) -> LetterText:
    text = drafted(by, **changed)
    acts.hand_in(text, by=by, at=AT)
    return LetterText.objects.get(pk=text.pk)


def released(by: User, second: User, **changed: str) -> LetterText:
    text = handed_in(by, **changed)
    acts.release(text, by=second, at=AT, seen=acts.mark(text))
    return LetterText.objects.get(pk=text.pk)


def remind(*, key: str = "k", name: str = "Sonnenschein") -> None:
    centre = FamilyCentreFactory.create(name=name)
    facts = {"rule": "seal/6-months", "why": "Weil.", "day": date(2030, 7, 31), "left": "bald"}
    post.write(centre, "reminder_seal", key=key, at=AT, **facts)


def write(key: str = "k") -> Letter:
    remind(key=key)
    return Letter.objects.get(key=key)


def states() -> list[tuple[int, str]]:
    return list(LetterText.objects.order_by("number").values_list("number", "state"))


def test_released_text_is_what_the_letter_says(author: User, second: User) -> None:
    text = released(author, second)

    letter = write()

    assert letter.subject == f"Neu: {letter.centre.name}"
    assert "Bis 31. Juli 2030. Was Sie jetzt tun: noch nichts." in letter.body
    assert letter.text == text


@pytest.mark.parametrize("state", [TextState.DRAFT, TextState.WAITING, TextState.SENT_BACK, TextState.DISCARDED])
def test_text_that_is_not_released_changes_no_letter(state: TextState) -> None:
    LetterTextFactory.create(state=state)

    letter = write()

    assert letter.subject.startswith("Ihr Gütesiegel gilt bis 31. Juli 2030")
    assert letter.text is None


def test_what_was_written_stays_as_it_was(author: User, second: User) -> None:
    before = write("before")
    released(author, second)
    between = write("between")
    acts.back_to_shipped(LetterText.objects.get(), by=author, at=AT, reason="Fehler.")

    after = Letter.objects.in_bulk([before.pk, between.pk])

    assert [after[each.pk].body for each in (before, between)] == [before.body, between.body]
    assert after[between.pk].text is not None


def test_staff_letters_read_the_released_text_too(author: User, second: User) -> None:
    words = {"subject": "Antwort da", "body": "{Familienzentrum} hat geantwortet."}
    LetterTextFactory.create(letter="staff_query_answered", released=True, **words)
    case = CaseFactory.create()

    facts = {"rule": "answer", "why": "Weil.", "case": case, "centre": case.centre}
    post.write_to_staff(second, "staff_query_answered", key="k", at=AT, **facts)

    assert Letter.objects.get().subject == "Antwort da"


def test_values_are_never_read_as_placeholders_or_templates(author: User, second: User) -> None:
    released(author, second)
    name = "Kita {Frist} {{ centre.email }} {% now 'Y' %}"

    remind(name=name)

    assert Letter.objects.get(key="k").subject == f"Neu: {name}"


def test_subject_stays_one_line_of_the_length_a_letter_takes(author: User, second: User) -> None:
    released(author, second, subject="Ü" * 170 + " {Familienzentrum}")

    remind(name="A\r\nBcc: x@y " * 9)

    subject = Letter.objects.get(key="k").subject
    assert (len(subject), len(subject.splitlines())) == (250, 1)


def test_text_left_behind_by_an_update_gives_way_to_the_shipped_one(caplog: pytest.LogCaptureFixture) -> None:
    LetterTextFactory.create(released=True, body="{Gibtesnichtmehr}")

    assert write().text is None
    assert "does not fit any more" in caplog.text


def test_texts_are_read_once_however_many_letters(author: User, second: User) -> None:
    released(author, second)

    def asked(number: int) -> int:
        centres = FamilyCentreFactory.create_batch(number)
        facts = {"day": AT.date(), "left": "bald"}
        with CaptureQueriesContext(connection) as captured:
            post.write_all(
                [post.Occasion(c, "reminder_seal", f"{c.pk}", "r", "w", context=facts) for c in centres], at=AT
            )
        return len(captured)

    assert asked(3) == asked(1)


@pytest.mark.parametrize(
    ("field", "words", "sentence"),
    [
        ("subject", {"subject": "  "}, "Bitte schreiben Sie einen Betreff."),
        ("subject", {"subject": "eins\nzwei"}, "Der Betreff ist eine einzige Zeile."),
        ("subject", {"subject": "{Kontonummer}"}, "Den Platzhalter {Kontonummer} gibt es in diesem Brief nicht."),
        ("body", {"body": ""}, "Bitte schreiben Sie den Text des Briefes."),
        ("body", {"body": "{Fallhinweis} Was Sie jetzt tun: nichts."}, "Der Platzhalter {Frist} fehlt"),
        ("body", {"body": "{{ centre.email }}"}, "In Zeile 1 steht eine geschweifte Klammer"),
    ],
)
def test_problem_stands_by_its_field(field: str, words: dict[str, str], sentence: str) -> None:
    found = rendering.problems(KIND, **{**GOOD, **words})

    assert list(found) == [field]
    assert any(each.startswith(sentence) for each in found[field])


def test_letter_that_said_what_to_do_goes_on_saying_it() -> None:
    kind = BOOK["case_in_review"]

    assert rendering.problems(kind, "Betreff", "Die Prüfung hat begonnen.") == {
        "body": ["Bitte sagen Sie, was zu tun ist, und beginnen Sie den Satz mit „Was Sie jetzt tun:“."]
    }


def test_draft_with_a_problem_is_kept_but_not_handed_in(author: User) -> None:
    text = drafted(author, body="{Kontonummer}")

    with pytest.raises(acts.NotPossibleError, match="nicht verwenden"):
        acts.hand_in(text, by=author, at=AT)


def test_draft_that_changes_nothing_is_not_handed_in(author: User) -> None:
    words = rendering.shipped(KIND.key)

    with pytest.raises(acts.NotPossibleError, match="unterscheidet sich nicht"):
        handed_in(author, subject=words.subject, body=words.body)


def test_next_version_takes_the_place_of_the_one_in_force(author: User, second: User) -> None:
    released(author, second)
    released(second, author, subject="Noch neuer")

    assert states() == [(1, "superseded"), (2, "released")]
    assert LetterText.objects.get(number=1).superseded_at == AT


def test_nobody_releases_or_sends_back_their_own(author: User) -> None:
    text = handed_in(author)

    with pytest.raises(acts.NotPossibleError, match="zweite Person"):
        acts.release(text, by=author, at=AT, seen=acts.mark(text))
    with pytest.raises(acts.NotPossibleError, match="holen Sie zurück"):
        acts.send_back(text, by=author, at=AT, reason="Nein.")


def test_database_refuses_a_release_by_the_author(author: User) -> None:
    with pytest.raises(IntegrityError, match="text_released_by_another"):
        LetterTextFactory.create(state=TextState.RELEASED, author=author, released_by=author, released_at=AT)


@pytest.mark.parametrize(
    ("constraint", "first", "other"),
    [
        ("one_text_in_force", {"released": True}, {"released": True}),
        ("one_open_text", {}, {"waiting": True}),
        ("text_number_once", {"number": 7, "superseded": True}, {"number": 7}),
    ],
)
def test_database_refuses_a_second(constraint: str, first: dict[str, Any], other: dict[str, Any]) -> None:
    LetterTextFactory.create(**first)

    with pytest.raises(IntegrityError, match=constraint):
        LetterTextFactory.create(**other)


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("text_state_known", {"state": "anders"}),
        ("text_has_words", {"subject": ""}),
        ("text_has_words", {"shipped": True}),
        ("text_released_whole", {"state": "released"}),
    ],
)
def test_database_refuses_a_version_that_cannot_be(constraint: str, fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        LetterTextFactory.create(**fields)


@pytest.mark.parametrize(
    "change",
    [
        lambda texts: texts.update(body="anders"),
        lambda texts: texts.update(subject="anders"),
        lambda texts: texts.delete(),
    ],
)
def test_words_once_in_force_stay(change: Callable[[QuerySet[LetterText]], object]) -> None:
    text = LetterTextFactory.create(superseded=True)

    with pytest.raises(ProgrammingError, match="Cannot"):
        change(LetterText.objects.filter(pk=text.pk))


def test_release_of_what_has_changed_meanwhile_is_refused(author: User, second: User) -> None:
    text = handed_in(author)
    seen = acts.mark(text)
    LetterText.objects.filter(pk=text.pk).update(written_at=AT.replace(minute=59))

    with pytest.raises(acts.NotPossibleError, match="Inzwischen"):
        acts.release(text, by=second, at=AT, seen=seen)


def test_nobody_overwrites_unseen_what_another_wrote(author: User, second: User) -> None:
    drafted(author)

    with pytest.raises(acts.NotPossibleError, match="Inzwischen"):
        acts.save_draft(KIND, **GOOD, reason="x", by=second, at=AT, seen="")


def test_waiting_text_is_changed_only_after_it_was_taken_back(author: User) -> None:
    text = handed_in(author)
    with pytest.raises(acts.NotPossibleError, match="wartet auf Freigabe"):
        drafted(author, subject="Anders")

    acts.take_back(text, by=author, at=AT)

    assert drafted(author, subject="Anders").subject == "Anders"


def test_text_sent_back_says_why_and_is_handed_in_again(author: User, second: User) -> None:
    text = handed_in(author)
    acts.send_back(text, by=second, at=AT, reason="Zu lang.")
    text.refresh_from_db()
    assert (text.state, text.sent_back_reason) == (TextState.SENT_BACK, "Zu lang.")

    acts.hand_in(text, by=author, at=AT)

    text.refresh_from_db()
    assert (text.state, text.sent_back_reason) == (TextState.WAITING, "")


def test_discarded_draft_makes_room_for_another(author: User) -> None:
    acts.discard(drafted(author), by=author, at=AT)
    drafted(author)

    assert states() == [(1, "discarded"), (2, "draft")]


def test_back_to_the_shipped_text_works_at_once_and_alone(author: User, second: User) -> None:
    text = released(author, second)

    acts.back_to_shipped(text, by=author, at=AT, reason="Die Frist stimmt nicht.")

    assert states() == [(1, "superseded"), (2, "released")]
    assert write().subject.startswith("Ihr Gütesiegel gilt bis")


def test_earlier_version_comes_back_through_a_second_person(author: User, second: User) -> None:
    first = released(author, second)
    released(author, second, subject="Zweite Fassung")

    again = acts.take_up(first, by=author, at=AT, reason="Die erste war besser.")
    acts.hand_in(again, by=author, at=AT)
    again.refresh_from_db()
    acts.release(again, by=second, at=AT, seen=acts.mark(again))

    assert states() == [(1, "superseded"), (2, "superseded"), (3, "released")]
    assert write().text == again
    assert again.restores == first


def test_earlier_version_waits_for_the_open_draft(author: User, second: User) -> None:
    first = released(author, second)
    drafted(author)

    with pytest.raises(acts.NotPossibleError, match="schon einen Entwurf"):
        acts.take_up(first, by=author, at=AT, reason="x")


def test_test_letter_goes_to_oneself_marked_and_outside_any_correspondence(author: User) -> None:
    seal = SealFactory.create()
    text = drafted(author)

    acts.send_test(text, by=author, at=AT, number=seal.centre.certification_number)
    acts.send_test(text, by=author, at=AT)

    letters = Letter.objects.all()
    assert {(letter.to, letter.centre, letter.text) for letter in letters} == {(author.email, None, text)}
    assert {letter.subject for letter in letters} == {f"Test: Neu: {seal.centre.name}"}
    assert all("Dies ist ein Test." in letter.body for letter in letters)


def test_test_letter_to_a_number_nobody_has_is_refused(author: User) -> None:
    with pytest.raises(acts.NotPossibleError, match="keinen passenden Fall"):
        acts.send_test(drafted(author), by=author, at=AT, number="9999999")


@pytest.mark.parametrize("role", ["auditor", "service_office", "lead"])
def test_texts_are_the_ministrys(role: str, author: User) -> None:
    someone, text = UserFactory.create(**{role: True}), handed_in(author)

    for act in (acts.take_back, acts.discard, acts.hand_in, acts.send_test):
        with pytest.raises(acts.NotPossibleError, match="Ministerium"):
            act(text, by=someone, at=AT)
    with pytest.raises(acts.NotPossibleError, match="Ministerium"):
        acts.release(text, by=someone, at=AT, seen=acts.mark(text))


def asked() -> list[tuple[str, str]]:
    """Who was asked to release, and how those letters stand."""
    found = Letter.objects.filter(template=acts.ASKS).order_by("pk")
    return list(found.values_list("to", "state"))


def test_everyone_who_may_release_hears_of_a_draft_that_waits(author: User, second: User) -> None:
    UserFactory.create(ministry=True, is_active=False)
    UserFactory.create(auditor=True)

    text = handed_in(author)

    assert asked() == [(second.email, LetterState.QUEUED)]
    assert f"/admin/centres/lettertext/{text.pk}/change/" in Letter.objects.get().body
    assert author.name in Letter.objects.get().body


def send_back(text: LetterText, second: User) -> None:
    acts.send_back(text, by=second, at=AT, reason="Zu lang.")


def release(text: LetterText, second: User) -> None:
    acts.release(text, by=second, at=AT, seen=acts.mark(text))


def take_back(text: LetterText, second: User) -> None:
    acts.take_back(text, by=text.author, at=AT)


@pytest.mark.parametrize("done", [release, send_back, take_back])
def test_whoever_has_not_heard_of_it_yet_hears_nothing_once_it_is_done(
    done: Callable[[LetterText, User], None], author: User, second: User
) -> None:
    text = handed_in(author)

    done(text, second)

    assert asked() == [(second.email, LetterState.WITHHELD)]
    assert Letter.objects.get().error == "Nicht mehr versandt: Der Anlass ist vorbei."


def test_letter_that_is_on_its_way_when_the_draft_is_released_is_not_tried_again(
    author: User, second: User, mail_server: MailServer
) -> None:
    text = handed_in(author)
    [letter] = delivery.claim(at=AT)
    release(text, second)
    delivery.give_back([letter], at=AT, error="451 later")

    delivery.deliver_waiting(now=lambda: AT + timedelta(hours=1))

    assert (asked(), mail_server.accepted) == ([(second.email, LetterState.FAILED)], [])


def test_each_time_a_draft_is_handed_in_the_second_person_hears_of_it(author: User, second: User) -> None:
    text = handed_in(author)
    Letter.objects.update(state=LetterState.SENT, sent_at=AT)
    send_back(text, second)

    acts.hand_in(text, by=author, at=AT + timedelta(hours=1))

    assert asked() == [(second.email, LetterState.SENT), (second.email, LetterState.QUEUED)]


def test_letter_says_today_what_the_shipped_text_says_where_the_own_one_no_longer_fits() -> None:
    LetterTextFactory.create(released=True, body="{Gibtesnichtmehr}")

    assert acts.in_force_words(KIND) == rendering.shipped(KIND.key)


def test_text_of_a_letter_that_is_no_more_is_a_misfit() -> None:
    assert rendering.misfit(LetterText(letter="gibt-es-nicht")) == "Diesen Brief gibt es nicht mehr."
