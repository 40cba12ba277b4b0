"""A PostgreSQL and a Redis of its own for each test run, loaded with `-p` before the settings are read."""

import os
import shutil
from pathlib import Path

import pytest

from config import embedded
from tests import template

VAR = Path(__file__).resolve().parents[1] / "var"
FOLDER = VAR / f"test-{os.getpid()}"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The first hook of all: pytest-django reads the settings in the next one.

    With pytest-xdist the workers inherit the servers; each has its own test databases and Redis database.
    """
    os.environ["TESTING"] = "1"
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        _sweep()
        (VAR / "static").mkdir(parents=True, exist_ok=True)  # WhiteNoise warns where the folder is missing
        embedded.provide(folder=FOLDER, lasting=False)
    else:
        url, _, _ = os.environ["REDIS_URL"].rpartition("/")
        os.environ["REDIS_URL"] = f"{url}/{int(worker.removeprefix('gw')) + 1}"


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("numprocesses", None) and (FOLDER / "servers" / "data").exists():
        template.begin(FOLDER)


def _sweep() -> None:
    """Remove what runs that were killed together with their supervisor left behind."""
    for folder in VAR.glob("test-*"):
        if not Path(f"/proc/{folder.name.removeprefix('test-')}").exists():
            for each in (folder / "servers", folder):
                shutil.rmtree(each.resolve(), ignore_errors=True)
