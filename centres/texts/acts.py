"""The acts on a letter's text, and the only writers of `LetterText`.

draft → waiting → released → superseded; a second person releases or sends back. Only the shipped text comes back by
one person, at once: both had seen it, and a wrong letter must be stoppable on a Friday evening (decision 14).
"""

from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.db.models import Max

from accounts.models import Role, User
from centres import post
from centres.models import LetterText, TextState
from centres.texts import rendering
from centres.texts.book import BOOK, Example, LetterKind

ASKS = "staff_text_waiting"
WHY_ASKED = "Ein geänderter Brieftext gilt erst, wenn eine zweite Person im Ministerium ihn freigibt."


class NotPossibleError(Exception):
    """The text cannot take this step; the sentence may be shown to the person."""


@transaction.atomic
def save_draft(
    kind: LetterKind, *, subject: str, body: str, reason: str, by: User, at: datetime, seen: str = ""
) -> LetterText:
    """Write a new draft or go on with the open one; `seen` is the `mark` of the one the person began from.

    A draft may still have problems; it is handed in without any.
    """
    _require_ministry(by)
    text = LetterText.objects.open().filter(letter=kind.key).select_for_update().first()
    _require(mark(text) == seen, "Inzwischen hat jemand anders den Entwurf geändert. Bitte vergleichen Sie ihn.")
    if text is None:
        text = LetterText(letter=kind.key, number=_next_number(kind))
    _require(text.state != TextState.WAITING, "Der Entwurf wartet auf Freigabe. Bitte holen Sie ihn zuerst zurück.")
    text.subject, text.body, text.reason = subject.strip(), _lines(body), reason.strip()
    text.author, text.written_at = by, at
    text.save()
    return text


@transaction.atomic
def hand_in(text: LetterText, *, by: User, at: datetime) -> None:
    """Put the draft before a second person."""
    text = _take(text, {TextState.DRAFT, TextState.SENT_BACK}, by)
    kind = _kind(text)
    found = rendering.problems(kind, text.subject, text.body)
    _require(not found, "Der Entwurf lässt sich so nicht verwenden. Bitte überarbeiten Sie ihn zuerst.")
    _require(
        rendering.Words(text.subject, text.body).whole.strip() != in_force_words(kind).whole.strip(),
        "Der Entwurf unterscheidet sich nicht von dem Text, der schon gilt.",
    )
    _save(text, state=TextState.WAITING, sent_back_reason="")
    _ask_for_release(text, by=by, at=at)


@transaction.atomic
def take_back(text: LetterText, *, by: User, at: datetime) -> None:
    text = _take(text, {TextState.WAITING}, by)
    _save(text, state=TextState.DRAFT)
    post.withdraw(_asked(text), at=at)


@transaction.atomic
def send_back(text: LetterText, *, by: User, at: datetime, reason: str) -> None:
    """The second person returns the draft and says why."""
    text = _take(text, {TextState.WAITING}, by)
    _require(by.pk != text.author_id, "Ihren eigenen Entwurf holen Sie zurück, statt ihn zurückzugeben.")
    _require(bool(reason.strip()), "Bitte geben Sie eine Begründung an.")
    _save(text, state=TextState.SENT_BACK, sent_back_reason=reason.strip())
    post.withdraw(_asked(text), at=at)


@transaction.atomic
def release(text: LetterText, *, by: User, at: datetime, seen: str) -> None:
    """Put the version in force: from now on this letter reads so. `seen` is the `mark` of what was looked at."""
    text = _take(text, {TextState.WAITING}, by)
    _require(mark(text) == seen, "Inzwischen hat sich der Entwurf geändert. Bitte sehen Sie ihn noch einmal an.")
    _require(by.pk != text.author_id, "Ihren eigenen Text gibt eine zweite Person frei.")
    _require(
        not rendering.problems(_kind(text), text.subject, text.body),
        "Der Text lässt sich nicht mehr verwenden. Bitte geben Sie ihn zurück.",
    )
    _supersede(text.letter, at)
    _save(text, state=TextState.RELEASED, released_by=by, released_at=at)
    post.withdraw(_asked(text), at=at)


@transaction.atomic
def discard(text: LetterText, *, by: User, at: datetime) -> None:
    text = _take(text, {TextState.DRAFT, TextState.SENT_BACK}, by)
    _save(text, state=TextState.DISCARDED)


@transaction.atomic
def take_up(text: LetterText, *, by: User, at: datetime, reason: str) -> LetterText:
    """Make the words of an earlier version a new draft, which a second person releases like any other."""
    _require_ministry(by)
    _require(not text.is_open and not text.shipped, "Diese Fassung lässt sich nicht wieder aufnehmen.")
    kind = _kind(text)
    _require(
        not LetterText.objects.open().filter(letter=text.letter).exists(),
        "Zu diesem Brief gibt es schon einen Entwurf. Bitte schließen Sie ihn zuerst ab.",
    )
    return LetterText.objects.create(
        letter=text.letter,
        number=_next_number(kind),
        subject=text.subject,
        body=text.body,
        reason=reason.strip(),
        restores=text,
        author=by,
        written_at=at,
    )


@transaction.atomic
def back_to_shipped(text: LetterText, *, by: User, at: datetime, reason: str) -> LetterText:
    """Put the shipped text back in force, at once, in place of the version in force."""
    text = _take(text, {TextState.RELEASED}, by)
    _require(not text.shipped, "Es gilt schon der mitgelieferte Text.")
    _require(bool(reason.strip()), "Bitte geben Sie eine Begründung an.")
    kind = _kind(text)
    _supersede(text.letter, at)
    return LetterText.objects.create(
        letter=text.letter,
        number=_next_number(kind),
        shipped=True,
        reason=reason.strip(),
        state=TextState.RELEASED,
        author=by,
        written_at=at,
        released_by=by,
        released_at=at,
    )


@transaction.atomic
def send_test(text: LetterText, *, by: User, at: datetime, number: str = "") -> None:
    """Send the version to the person alone, filled in with a real case where there is one."""
    _require_ministry(by)
    kind = _kind(text)
    _require(
        not rendering.problems(kind, *_parts(rendering.words_of(text))),
        "Der Entwurf lässt sich so nicht verwenden. Bitte überarbeiten Sie ihn zuerst.",
    )
    example = example_of(kind, number)
    _require(example is not None, NO_CASE)
    context = example.context if example else {}
    post.write_test(by, kind.key, key=f"text-{text.pk}/test-{uuid4()}", at=at, text=text, context=context)


NO_CASE = "Zu dieser Zertifizierungsnummer gibt es keinen passenden Fall."


def example_of(kind: LetterKind, number: str) -> Example | None:
    """What a preview is filled in with: the newest case of the letter or, if there is none at all, the sample.

    None where a number is given that has no such case.
    """
    found = kind.newest(number.strip())
    if found or number.strip():
        return found
    return Example("ein erfundenes Beispiel", kind.sample())


def in_force_words(kind: LetterKind) -> rendering.Words:
    """What the letter says today, with its placeholders."""
    text = LetterText.objects.in_force().filter(letter=kind.key).first()
    return rendering.words_of(text) if text and not rendering.misfit(text) else rendering.shipped(kind.key)


def mark(text: LetterText | None) -> str:
    """Tells two states of a version apart."""
    return f"{text.pk}-{text.written_at.timestamp()}" if text else ""


def _asked(text: LetterText) -> str:
    """What the keys of the letters begin with that ask for the release of this version."""
    return f"text-{text.pk}/waits-"


def _ask_for_release(text: LetterText, *, by: User, at: datetime) -> None:
    """Write to everyone in the ministry who may release the version; each time it is handed in is an occasion."""
    others = User.objects.filter(role=Role.MINISTRY, is_active=True).exclude(pk__in=[by.pk, text.author_id])
    for person in others.order_by("pk"):
        post.write_to_staff(
            person,
            ASKS,
            key=f"{_asked(text)}{at:%Y%m%dT%H%M%S%f}/{person.pk}",
            rule="text/release",
            why=WHY_ASKED,
            at=at,
            version=text,
        )


def _parts(words: rendering.Words) -> tuple[str, str]:
    return words.subject, words.body


def _supersede(letter: str, at: datetime) -> None:
    before = LetterText.objects.in_force().filter(letter=letter)
    before.update(state=TextState.SUPERSEDED, superseded_at=at)


def _take(text: LetterText, states: set[TextState], by: User) -> LetterText:
    """The version, locked, if it stands where the act begins."""
    _require_ministry(by)
    text = LetterText.objects.select_for_update().get(pk=text.pk)
    state = TextState(text.state)
    _require(state in states, f"Das geht nicht: Die Fassung ist „{state.label}“.")
    return text


def _kind(text: LetterText) -> LetterKind:
    _require(text.letter in BOOK, "Diesen Brief gibt es nicht mehr.")
    return BOOK[text.letter]


def _save(text: LetterText, **fields: object) -> None:
    for name, value in fields.items():
        setattr(text, name, value)
    text.save(update_fields=list(fields))


def _next_number(kind: LetterKind) -> int:
    last = LetterText.objects.filter(letter=kind.key).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def _lines(body: str) -> str:
    """Browsers send CR LF."""
    return "\n".join(line.rstrip() for line in body.strip().splitlines())


def _require_ministry(by: User) -> None:
    _require(by.is_active and by.is_ministry, "Brieftexte ändert nur das Ministerium.")


def _require(condition: bool, sentence: str) -> None:
    if not condition:
        raise NotPossibleError(sentence)
