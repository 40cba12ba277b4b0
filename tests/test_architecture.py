"""The house tests itself: which room may look where, and that rules are plain Python."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MAY_IMPORT = {
    "accounts": {"accounts"},
    "centres": {"centres", "accounts"},
    "certification": {"certification", "centres", "accounts"},
    "events": {"events", "centres", "accounts"},
}
ROOMS = {*MAY_IMPORT, "config"}
PLAIN = {"celery", "django", "pghistory", "pgtrigger"}
FORBIDDEN_NAMES = {"utils", "helpers", "common", "services", "managers", "signals", "constants"}


def imported(path: Path) -> list[str]:
    """Every module this file imports, whole names."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    return names + [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]


def tops(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imported(path)}


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_rooms_only_look_down(room: str) -> None:
    looks = {path: tops(path) & ROOMS - MAY_IMPORT[room] for path in (ROOT / room).rglob("*.py")}

    assert {path: seen for path, seen in looks.items() if seen} == {}


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_rules_are_plain_python_and_never_read_the_clock(room: str) -> None:
    for path in (ROOT / room / "rules").glob("*.py"):
        assert not tops(path) & PLAIN, path
        assert all(".rules" in name for name in imported(path) if name.split(".")[0] in ROOMS), path
        assert "today()" not in path.read_text(), path
        assert "now()" not in path.read_text(), path


def test_no_room_keeps_a_junk_drawer() -> None:
    found = [path for room in ROOMS for path in (ROOT / room).rglob("*") if path.stem in FORBIDDEN_NAMES]

    assert found == []


def test_no_file_outgrows_its_page() -> None:
    def lines(path: Path) -> int:
        return sum(1 for line in path.read_text().splitlines() if line.strip())

    files = [path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts]

    assert [(str(path), lines(path)) for path in files if lines(path) > 350] == []
