"""A real browser, a real server, a real worker. Skipped, loudly, only where there is no browser and CI is unset."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's own loop runs in the thread of the test

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.uncovered)
            if CHROMIUM is None and not os.environ.get("CI"):
                item.add_marker(pytest.mark.skip(reason="NO BROWSER: apt-get install chromium"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """For a module only: while Playwright runs, no other test of the process can use asyncio."""
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    marker = request.node.get_closest_marker("browser_context_args")
    options = marker.kwargs if marker else {}
    with browser.new_context(locale="de-DE", timezone_id="Europe/Berlin", **options) as context:
        yield context.new_page()


@pytest.fixture
def site(live_server: LiveServer, settings: Settings, page: Page) -> Iterator[str]:
    """The address of the running application; what the browser complains about fails the test."""
    settings.SITE_URL = live_server.url
    page.set_default_timeout(30_000)
    expect.set_options(timeout=30_000)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console", lambda message: complaints.append(message.text) if "Content Security" in message.text else None
    )
    yield str(live_server.url)
    assert complaints == []


@pytest.fixture
def worker(live_server: LiveServer, tmp_path: Path) -> Iterator[Path]:
    """A Celery worker process on the test's database and broker; the folder its letters are written to."""
    database = connection.settings_dict
    address = os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{database['NAME']}"
    environment = {
        **os.environ,
        "DATABASE_URL": address,
        "SITE_URL": live_server.url,
        "EMAIL_URL": f"filemail:///{tmp_path}/mail",
    }
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--pool", "solo", "--loglevel", "WARNING",
               "--without-gossip", "--without-mingle"]  # fmt: skip
    with (tmp_path / "worker.log").open("w") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)  # noqa: S603
        try:
            yield tmp_path / "mail"
        finally:
            process.terminate()
            process.wait(20)
