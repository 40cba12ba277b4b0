"""What stands in the queue: numbers of rows, and no dates, for what waits there for its day comes again."""

import inspect
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from config.celery import app

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ["accounts", "centres", "certification", "config", "events"]
BY_DATE = re.compile(r"\b(apply_async|countdown|eta|expires)\s*[=(]")


def ours() -> dict[str, Callable[..., object]]:
    app.loader.import_default_modules()
    return {name: task.run for name, task in app.tasks.items() if name.partition(".")[0] in ROOMS}


def test_a_task_is_told_nothing_but_the_numbers_of_rows() -> None:
    told = {name: inspect.signature(run).parameters.values() for name, run in ours().items()}

    assert len(told) > 10
    assert {name: str(each) for name, all_ in told.items() for each in all_ if each.annotation is not int} == {}


@pytest.mark.parametrize("room", ROOMS)
def test_nothing_waits_in_the_queue_for_its_day(room: str) -> None:
    files = [path for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts]

    assert [path for path in files if BY_DATE.search(path.read_text())] == []
