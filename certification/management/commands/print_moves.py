from collections.abc import Iterable, Iterator
from typing import Any

from django.core.management.base import BaseCommand

from certification.rules.moves import FINAL, LABELS, MOVES, Actor, Move, State

ACTORS = {
    Actor.CENTRE: "Familienzentrum",
    Actor.AUDITOR: "Zertifizierungsstelle",
    Actor.MINISTRY: "Ministerium",
    Actor.CLOCK: "von selbst",
}
VISIT = {True: "hat stattgefunden", False: "keine", None: ""}
INTRODUCTION = """\
# The moves of a case

Written by `manage.py print_moves > docs/moves.md` from the table in `certification/rules/moves.py`; a test proves
that both agree. A case begins with its invitation, when a round is opened."""


class Command(BaseCommand):
    help = "Print the legal moves of a case as a state diagram (Mermaid) and as a table."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(document(), ending="")


def document() -> str:
    return "\n".join([INTRODUCTION, "", *_diagram(), "", *_table(), ""])


def _diagram() -> Iterator[str]:
    yield "```mermaid"
    yield "stateDiagram-v2"
    for state, label in LABELS.items():
        yield f'    state "{label}" as {state}'
    yield f"    [*] --> {State.INVITED}: einladen"
    for move in MOVES:
        for source in _in_order(move.sources):
            yield f"    {source} --> {move.target}: {move.label}"
    for state in _in_order(FINAL):
        yield f"    {state} --> [*]"
    yield "```"


def _table() -> Iterator[str]:
    yield "| Schritt | von | nach | wer | Begehung | Begründung | Brief | Funktion |"
    yield "|---|---|---|---|---|---|---|---|"
    for move in MOVES:
        yield f"| {' | '.join(_cells(move))} |"


def _cells(move: Move) -> tuple[str, ...]:
    return (
        move.label,
        ", ".join(source.label for source in _in_order(move.sources)),
        move.target.label,
        ", ".join(ACTORS[actor] for actor in Actor if actor in move.actors),
        VISIT[move.after_visit],
        "ja" if move.needs_reason else "",
        f"`{move.letter}`" if move.letter else "",
        f"`{move.act}`",
    )


def _in_order(states: Iterable[State]) -> list[State]:
    return sorted(states, key=list(State).index)
