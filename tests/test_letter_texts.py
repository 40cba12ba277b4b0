"""The book of letters against the files: each letter is declared, and says what its file says."""

from pathlib import Path
from typing import Any

import pytest
from django.template.loader import render_to_string

from centres.models import LetterText
from centres.post import Recipient
from centres.texts import frames, rendering
from centres.texts.book import BOOK, LetterKind
from certification.rules.moves import MOVES

FRAMES = {"base", "case", "event"}
FILES = {path.stem for path in (Path(__file__).resolve().parents[1] / "templates/letters").glob("*.txt")} - FRAMES
KINDS = sorted(BOOK.values(), key=lambda kind: kind.key)
# One's text must carry the link, as a placeholder; the other goes to somebody who may see nothing any more.
WITHOUT_LINK = {"handover_provider", "deputy_ended"}
SITE = "https://familienzentrum.example.org"


def known(kind: LetterKind) -> dict[str, Any]:
    return {"recipient": Recipient("", "leitung@example.org", "Ayşe Yılmaz"), "site_url": SITE, **kind.sample()}


def as_own_text(kind: LetterKind) -> LetterText:
    words = rendering.shipped(kind.key)
    return LetterText(letter=kind.key, subject=words.subject, body=words.body)


def test_every_letter_is_declared_and_every_declared_letter_has_its_file() -> None:
    assert set(BOOK) == FILES


def test_every_letter_of_a_move_is_declared() -> None:
    assert {move.letter for move in MOVES if move.letter} <= set(BOOK)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_shipped_text_said_through_placeholders_is_what_the_file_says(kind: LetterKind) -> None:
    own, file = (rendering.written(kind.key, known(kind), text) for text in (as_own_text(kind), None))

    assert own == file


@pytest.mark.parametrize("lacking", ["", "recipient", "comes_next", "end_url"])
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_a_letter_filled_into_its_frame_reads_as_the_template_has_it(kind: LetterKind, lacking: str) -> None:
    about = {"end_url": f"{SITE}/abbestellen/", "why": "Deshalb.", "comes_next": "Danach.", **known(kind)}
    words = {**about, **kind.values(kind.known, about)}
    facts = {name: value for name, value in words.items() if name != lacking}
    person = "" if lacking == "recipient" else "Ayşe Yılmaz"
    template = render_to_string(f"letters/{kind.key}.txt", {**facts, "person": person})

    assert frames.filled(f"letters/{kind.key}.txt", {**facts, "person": person}) == template


def test_what_is_filled_in_is_never_looked_at_again() -> None:
    kind = BOOK["feedback"]
    facts = known(kind) | {"report": {"message": "{Seite} {{ SECRET_KEY }} {% now 'Y' %} 70000000000000001"}}

    assert "{Seite} {{ SECRET_KEY }} {% now 'Y' %} 70000000000000001" in rendering.written(kind.key, facts, None).body


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_shipped_text_meets_what_is_asked_of_a_changed_one(kind: LetterKind) -> None:
    words = rendering.shipped(kind.key)

    assert rendering.problems(kind, words.subject, words.body) == {}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_every_placeholder_has_a_value_and_is_explained(kind: LetterKind) -> None:
    values = kind.values(kind.known, known(kind))

    assert len(kind.known) == len(kind.placeholders)
    assert [name for name, value in values.items() if not value.strip()] == []
    assert [each.name for each in kind.placeholders if not each.meaning or " " in each.name] == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_frame_says_why_and_where_whatever_the_text(kind: LetterKind) -> None:
    text = LetterText(letter=kind.key, subject="Kurz", body="Kurz.")

    words = rendering.written(kind.key, known(kind), text)

    assert words.subject == "Kurz"
    assert words.body.startswith("Guten Tag, Ayşe Yılmaz,\n\nKurz.\n\n")
    assert SITE in words.body or kind.key in WITHOUT_LINK
    assert "Warum Sie diesen Brief bekommen: " in words.body
    assert "Mit freundlichen Grüßen" in words.body
    if centre := known(kind).get("centre"):
        assert f"Familienzentrum: {centre.name}\nZertifizierungsnummer: {centre.certification_number}" in words.body
