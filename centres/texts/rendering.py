"""From a text and the facts of an occasion to what the letter says."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

from django.template.loader import render_to_string

from centres.models import Letter, LetterText
from centres.rules import placeholders
from centres.texts import frames
from centres.texts.book import BOOK, Context, LetterKind

DUTY = "Was Sie jetzt tun"
LONGEST_SUBJECT = Letter._meta.get_field("subject").max_length or 0

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Words:
    subject: str
    body: str

    @property
    def whole(self) -> str:
        return f"{self.subject}\n\n{self.body}"


@lru_cache
def shipped(key: str) -> Words:
    """The text in the file, with its placeholders in braces as the ministry writes them."""
    kind = BOOK[key]
    braced = {name: f"{{{name}}}" for name in kind.known}
    text = render_to_string(_file(key), {**kind.sample(), **braced, "bare": True})
    return _parted(text)


def words_of(text: LetterText) -> Words:
    return shipped(text.letter) if text.shipped else Words(text.subject, text.body)


def in_force() -> dict[str, LetterText]:
    """The ministry's own texts, by letter, in one query. A letter that is not in here reads as shipped.

    A text an update has left behind, because a placeholder is no more, is not used: a letter with the shipped text
    is better than an act that fails.
    """
    found = {}
    for text in LetterText.objects.in_force().filter(shipped=False):
        if misfit(text):
            logger.error("The text of letter %s, version %s, does not fit any more.", text.letter, text.number)
        else:
            found[text.letter] = text
    return found


def misfit(text: LetterText) -> str:
    """Why a version can no longer be used, in one sentence; empty where it can."""
    if text.letter not in BOOK:
        return "Diesen Brief gibt es nicht mehr."
    found = {} if text.shipped else problems(BOOK[text.letter], text.subject, text.body)
    return next(chain.from_iterable(found.values()), "")


def written(template: str, context: Context, text: LetterText | None) -> Words:
    """Subject and body of a letter, frame included; `text` is the ministry's, else the shipped one speaks."""
    kind = BOOK.get(template)
    person = getattr(context.get("recipient"), "name", "")
    return _parted(frames.filled(_file(template), {**context, "person": person, **_speaking(kind, context, text)}))


def problems(kind: LetterKind, subject: str, body: str) -> dict[str, list[str]]:
    """What keeps a text from being used, by field; empty where it is fine."""
    found = {"subject": _subject_problems(kind, subject), "body": _body_problems(kind, body)}
    return {field: sentences for field, sentences in found.items() if sentences}


def _subject_problems(kind: LetterKind, subject: str) -> list[str]:
    if not subject.strip():
        return ["Bitte schreiben Sie einen Betreff."]
    broken = ["Der Betreff ist eine einzige Zeile."] if len(subject.splitlines()) > 1 else []
    return [*broken, *placeholders.problems(subject, kind.known)]


def _body_problems(kind: LetterKind, body: str) -> list[str]:
    if not body.strip():
        return ["Bitte schreiben Sie den Text des Briefes."]
    missing = placeholders.missing(body, kind.mandatory)
    if DUTY in shipped(kind.key).body and DUTY not in body:
        missing.append(f"Bitte sagen Sie, was zu tun ist, und beginnen Sie den Satz mit „{DUTY}:“.")
    return [*placeholders.problems(body, kind.known), *missing]


def _speaking(kind: LetterKind | None, context: Context, text: LetterText | None) -> Mapping[str, Any]:
    if kind is None:
        return {}
    if text is None or text.shipped:
        return kind.values(placeholders.names_in(shipped(kind.key).whole), context)
    values = kind.values(placeholders.names_in(f"{text.subject} {text.body}"), context)
    subject = " ".join(placeholders.filled(text.subject, values).split())  # one line, whatever was put in
    return {"own": Words(subject, placeholders.filled(text.body, values).strip())}


def _parted(text: str) -> Words:
    subject, _, body = text.strip().partition("\n")
    return Words(subject.strip()[:LONGEST_SUBJECT], body.strip() + "\n")


def _file(key: str) -> str:
    return f"letters/{key}.txt"
