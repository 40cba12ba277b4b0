from io import StringIO
from pathlib import Path

from django.core.management import call_command

from certification.rules.moves import MOVES

MOVES_FILE = Path(__file__).resolve().parents[2] / "docs" / "moves.md"


def printed() -> str:
    out = StringIO()
    call_command("print_moves", stdout=out)
    return out.getvalue()


def test_the_printed_moves_are_those_of_the_table() -> None:
    assert MOVES_FILE.read_text() == printed()


def test_each_move_is_drawn_from_each_of_its_states() -> None:
    arrows = [line for line in printed().splitlines() if " --> " in line and "[*]" not in line]

    assert len(arrows) == sum(len(move.sources) for move in MOVES)
